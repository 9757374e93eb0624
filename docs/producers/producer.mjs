// Queue one article for mujaz.
//
//     npm install @nats-io/transport-node @nats-io/jetstream @nats-io/obj
//     node producer.mjs article.txt [id]
//
// NATS_URL names the server.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { jetstream } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";
import { connect, headers } from "@nats-io/transport-node";

const INLINE_LIMIT = 512 * 1024; // a larger body goes into the object store
const sha256 = (data) => createHash("sha256").update(data).digest("hex");

const [file, givenId] = process.argv.slice(2);
if (!file) {
  console.error("usage: node producer.mjs ARTICLE [ID]");
  process.exit(2);
}
const data = await readFile(file);
const field = /\.html?$/.test(file) ? "html" : "text";
// An id of your own, such as a primary key, is better: it survives edits.
const id = givenId ?? "sha256-" + sha256(data);
const key = sha256(id).slice(0, 32);
const job = { schema_version: 1, id, article: {} };

const nc = await connect({ servers: process.env.NATS_URL ?? "nats://127.0.0.1:4222", name: "producer.mjs" });
try {
  if (data.length > INLINE_LIMIT) {
    const digest = sha256(data);
    const name = `${key}-${digest.slice(0, 16)}`;
    await (await new Objm(nc).open("MUJAZ_BODIES")).putBlob({ name }, data);
    job.article.object = { name, sha256: digest, size: data.length, field };
  } else {
    job.article[field] = data.toString("utf8");
  }

  const h = headers();
  h.set("Nats-Msg-Id", id);
  h.set("Mujaz-Schema", "1");
  const subject = `mujaz.jobs.live.default.${key}`;
  // A timeout leaves the outcome unknown: the same id makes a retry safe.
  const ack = await jetstream(nc).publish(subject, JSON.stringify(job), { headers: h, timeout: 5000, retries: 3 });
  console.log(JSON.stringify({ id, subject, sequence: ack.seq, duplicate: Boolean(ack.duplicate) }));
} finally {
  await nc.close();
}
