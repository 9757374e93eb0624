"""Read every result once, across restarts, and print its headline.

    pip install nats-py
    python reader.py

NATS_URL names the server. The durable consumer is the reader's place in the
stream: give each application one of its own name.
"""

import asyncio
import json
import os
import sys

import nats
from nats.js.api import ConsumerConfig


async def main(stop_after):
    nc = await nats.connect(os.environ.get("NATS_URL", "nats://127.0.0.1:4222"), name="reader.py")
    sub = await nc.jetstream().pull_subscribe(
        "mujaz.results.live.>", durable="newsdesk", stream="MUJAZ_RESULTS",
        config=ConsumerConfig(ack_wait=30, max_ack_pending=1000),
    )
    seen = 0
    while seen < stop_after or stop_after == 0:
        try:
            messages = await sub.fetch(batch=100, timeout=5)
        except nats.errors.TimeoutError:
            continue
        for msg in messages:
            result = json.loads(msg.data)
            # Store it before the ack, under job_id and revision: a result that
            # was not acked comes again.
            print(result["status"], result["job_id"], result["revision"], result.get("headline", ""), flush=True)
            await msg.ack_sync()
            seen += 1
    await nc.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
