"""Produces, consumes in a group, and uses the administration client of Debian's kafka-python."""
import os
import time

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic, ConfigResource, ConfigResourceType, NewPartitions

server = os.environ["BOOTSTRAP"]
producer = KafkaProducer(bootstrap_servers=server, acks="all")
producer.send("golden", b"golden", key=b"key", headers=[("header", b"value")]).get(10)
producer.close()
consumer = KafkaConsumer("golden", bootstrap_servers=server, group_id="golden-group", auto_offset_reset="earliest", heartbeat_interval_ms=200, session_timeout_ms=6000)
end = time.time() + 4
while time.time() < end:
    consumer.poll(200)
consumer.commit()
consumer.end_offsets(consumer.assignment())
consumer.close()
admin = KafkaAdminClient(bootstrap_servers=server)
for use in (
    lambda: admin.create_topics([NewTopic("other", 1, 1)]),
    lambda: admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "golden")]),
    lambda: admin.create_partitions({"golden": NewPartitions(2)}),
    lambda: admin.list_consumer_groups(),
    lambda: admin.describe_consumer_groups(["golden-group"]),
    lambda: admin.list_consumer_group_offsets("golden-group"),
    lambda: admin.delete_consumer_groups(["golden-group"]),
    lambda: admin.delete_topics(["other"]),
):
    try:
        use()
    except Exception as problem:  # What was sent is what counts here.
        print(type(problem).__name__, problem)
