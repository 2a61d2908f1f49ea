// Produces, consumes in a group, and uses the administration client of kafkajs.
import { createRequire } from 'node:module';
const { Kafka, logLevel } = createRequire(`${process.env.NODE_FOLDER}/`)('kafkajs');
const kafka = new Kafka({ clientId: 'golden', brokers: [process.env.BOOTSTRAP], logLevel: logLevel.NOTHING });
const producer = kafka.producer({ idempotent: true });
await producer.connect();
await producer.send({ topic: 'golden', messages: [{ key: 'key', value: 'golden', headers: { header: 'value' } }] });
await producer.disconnect();
const consumer = kafka.consumer({ groupId: 'golden-group', heartbeatInterval: 200 });
await consumer.connect();
await consumer.subscribe({ topic: 'golden', fromBeginning: true });
let seen;
const first = new Promise(resolve => { seen = resolve; });
await consumer.run({ autoCommitInterval: 100, eachMessage: async () => seen() });
await Promise.race([first, new Promise(resolve => setTimeout(resolve, 10_000))]);
await new Promise(resolve => setTimeout(resolve, 1_500));
await consumer.disconnect();
const admin = kafka.admin();
await admin.connect();
for (const use of [
  () => admin.createTopics({ topics: [{ topic: 'other', numPartitions: 1, replicationFactor: 1 }] }),
  () => admin.listTopics(),
  () => admin.fetchTopicOffsets('golden'),
  () => admin.fetchOffsets({ groupId: 'golden-group', topics: ['golden'] }),
  () => admin.describeConfigs({ includeSynonyms: true, resources: [{ type: 2, name: 'golden' }] }),
  () => admin.alterConfigs({ resources: [{ type: 2, name: 'golden', configEntries: [{ name: 'retention.ms', value: '1000' }] }] }),
  () => admin.createPartitions({ topicPartitions: [{ topic: 'golden', count: 2 }] }),
  () => admin.listGroups(),
  () => admin.describeGroups(['golden-group']),
  () => admin.deleteGroups(['golden-group']),
  () => admin.deleteTopicRecords({ topic: 'golden', partitions: [{ partition: 0, offset: '1' }] }),
  () => admin.deleteTopics({ topics: ['other'] }),
  () => admin.describeAcls({ resourceType: 2, resourcePatternType: 3, operation: 1, permissionType: 1 }),
]) {
  await use().catch(problem => console.log(problem.message));
}
await admin.disconnect();
