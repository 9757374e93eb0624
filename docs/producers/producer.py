"""Queue one article for mujaz and, with --wait, print what became of it.

    pip install nats-py
    python producer.py article.txt --wait 120

NATS_URL names the server. Exit status: 0 queued or done, 1 not queued, 2 wrong
usage, 3 ended as a dead letter, 4 no outcome in time.
"""

import argparse
import asyncio
import hashlib
import json
import os
import sys

import nats
from nats.js.api import ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError, NoStreamResponseError

INLINE_LIMIT = 512 * 1024  # a larger body goes into the object store
STREAM_FULL = 10077  # nats-server: "maximum messages (or bytes) exceeded"


def key_of(job_id):
    """The subject token of a job id."""
    return hashlib.sha256(job_id.encode()).hexdigest()[:32]


async def build_job(js, args):
    with open(args.article, encoding="utf-8") as file:
        body = file.read()
    data, field = body.encode(), "html" if args.article.endswith((".html", ".htm")) else "text"
    digest = hashlib.sha256(data).hexdigest()
    # An id of your own, such as a primary key, is better: it survives edits.
    job = {"schema_version": 1, "id": args.id or "sha256-" + digest, "article": {field: body}}
    if args.title:
        job["article"]["title"] = args.title
    if len(data) > INLINE_LIMIT:
        name = key_of(job["id"]) + "-" + digest[:16]
        await (await js.object_store("MUJAZ_BODIES")).put(name, data)
        del job["article"][field]
        job["article"]["object"] = {"name": name, "sha256": digest, "size": len(data), "field": field}
    return job


async def publish(js, subject, job, faults):
    """A timeout leaves the outcome unknown: the same id makes a retry safe."""
    payload = json.dumps(job, ensure_ascii=False).encode()
    headers = {"Nats-Msg-Id": job["id"], "Mujaz-Schema": "1"}
    for last in (False, False, False, True):
        try:
            return await js.publish(subject, payload, timeout=5, headers=headers)
        except nats.errors.TimeoutError:
            # A user without the right to publish hears of it on the side.
            if last or faults:
                sys.exit(f"not queued: {faults[0] if faults else 'no answer; try again under the same id'}")


async def outcome(results, dead, seconds):
    """The next result or dead letter, whichever comes first."""
    tasks = [asyncio.ensure_future(sub.next_msg(timeout=seconds)) for sub in (results, dead)]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    # Both can run out of time together: what is not looked at, asyncio prints.
    await asyncio.gather(*tasks, return_exceptions=True)
    return done.pop().result()


async def run(args):
    faults = []

    async def on_fault(err):
        faults.append(err)

    nc = await nats.connect(os.environ.get("NATS_URL", "nats://127.0.0.1:4222"), name="producer.py", error_cb=on_fault)
    try:
        js = nc.jetstream()
        job = await build_job(js, args)
        place = f"{args.lane}.{args.source}.{key_of(job['id'])}"
        if args.wait:
            # Before publishing, so that nothing can be missed.
            results = await js.subscribe(f"mujaz.results.{place}", stream="MUJAZ_RESULTS", ordered_consumer=True)
            dead = await js.subscribe(
                f"mujaz.dead.*.{key_of(job['id'])}", stream="MUJAZ_DEAD", ordered_consumer=True,
                config=ConsumerConfig(deliver_policy=DeliverPolicy.NEW),
            )
        try:
            ack = await publish(js, f"mujaz.jobs.{place}", job, faults)
        except NoStreamResponseError:
            sys.exit("not queued: the mujaz streams do not exist on this server; start a worker once")
        except APIError as err:
            full = err.err_code == STREAM_FULL
            sys.exit(f"not queued: {'the queue is full, try again later' if full else err}")
        # A duplicate is fine when it is this job sent twice. Another job under
        # the same id would be lost: ids must be unique.
        receipt = {"id": job["id"], "subject": f"mujaz.jobs.{place}", "sequence": ack.seq, "duplicate": bool(ack.duplicate)}
        print(json.dumps(receipt, ensure_ascii=False), flush=True)
        if not args.wait:
            return 0
        try:
            msg = await outcome(results, dead, args.wait)
        except nats.errors.TimeoutError:
            print("no outcome in time; the job stays queued", file=sys.stderr)
            return 4
        if "Mujaz-Dead" in msg.headers:
            facts = json.loads(msg.headers["Mujaz-Dead"])
            print(f"dead letter: {facts['cause']}: {facts.get('last_error', '')}\n{facts['advice']}", file=sys.stderr)
            return 3
        print(msg.data.decode())
        return 0
    finally:
        await nc.close()


def main():
    parser = argparse.ArgumentParser(description="Queue one article for mujaz.")
    parser.add_argument("article", help="file with the article: UTF-8 text, or HTML where it ends in .html")
    parser.add_argument("--id", help="your name for the job; by default the digest of the article")
    parser.add_argument("--title")
    parser.add_argument("--source", default="default", help="subject token of the source: letters, digits, - and _")
    parser.add_argument("--lane", default="live", choices=["live", "backfill"])
    parser.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="wait for the outcome and print it")
    sys.exit(asyncio.run(run(parser.parse_args())))


if __name__ == "__main__":
    main()
