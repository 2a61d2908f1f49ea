"""Debian's python3-kafka as a user has it. A job arrives as JSON on standard input; records leave as JSON lines."""
import base64
import json
import sys
import time

from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition


def to_bytes(text):
    return None if text is None else base64.b64decode(text)


def to_text(content):
    return None if content is None else base64.b64encode(content).decode()


def produce(job):
    producer = KafkaProducer(
        bootstrap_servers=job["bootstrap"],
        acks="all",
        retries=20,
        compression_type=None if job["codec"] == "none" else job["codec"],
    )
    sent = [
        producer.send(
            job["topic"],
            partition=record["partition"],
            key=to_bytes(record["key"]),
            value=to_bytes(record["value"]),
            headers=[(name, to_bytes(value)) for name, value in record["headers"]],
        )
        for record in job["records"]
    ]
    for future in sent:
        future.get(timeout=job["timeoutMs"] / 1000)
    producer.close()


def consume(job):
    consumer = KafkaConsumer(
        *job["topics"],
        bootstrap_servers=job["bootstrap"],
        group_id=job["group"],
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=10000,
        heartbeat_interval_ms=500,
    )
    end = time.monotonic() + job["timeoutMs"] / 1000
    seen = []
    while len(seen) < job["count"]:
        if time.monotonic() > end:
            sys.exit(f"python3-kafka saw {len(seen)} of {job['count']} records after {job['timeoutMs']} ms")
        for records in consumer.poll(timeout_ms=500).values():
            seen.extend(records)
    ends = {}
    for record in seen:
        ends[TopicPartition(record.topic, record.partition)] = OffsetAndMetadata(record.offset + 1, "")
    consumer.commit(ends)
    consumer.close()
    for record in seen:
        print(json.dumps({
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "key": to_text(record.key),
            "value": to_text(record.value),
            "headers": [[name, to_text(value)] for name, value in record.headers],
        }))


if __name__ == "__main__":
    {"produce": produce, "consume": consume}[sys.argv[1]](json.load(sys.stdin))
