// Produces, consumes in a group, and uses the administration client of @platformatic/kafka.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
const found = createRequire(`${process.env.NODE_FOLDER}/`).resolve('@platformatic/kafka');
const { Admin, Consumer, Producer, stringSerializers, stringDeserializers } = await import(pathToFileURL(found));
const options = { clientId: 'golden', bootstrapBrokers: [process.env.BOOTSTRAP], retries: 0 };
const attempt = use => use().catch(problem => console.log(problem.message));
const producer = new Producer({ ...options, serializers: stringSerializers, idempotent: true });
await attempt(() => producer.send({ messages: [{ topic: 'golden', key: 'key', value: 'golden', headers: { header: 'value' } }], acks: -1 }));
await producer.close();
const consumer = new Consumer({ ...options, groupId: 'golden-group', deserializers: stringDeserializers, heartbeatInterval: 300, sessionTimeout: 6000 });
await attempt(async () => {
  const stream = await consumer.consume({ topics: ['golden'], mode: 'earliest', autocommit: true, maxWaitTime: 100 });
  stream.on('data', () => {});
  stream.on('error', problem => console.log(problem.message));
  await new Promise(resolve => setTimeout(resolve, 2_000));
  await stream.close();
});
await attempt(() => consumer.close(true));
const admin = new Admin(options);
await attempt(() => admin.createTopics({ topics: ['other'], partitions: 1, replicas: 1 }));
await attempt(() => admin.listTopics());
await attempt(() => admin.listGroups());
await attempt(() => admin.describeGroups({ groups: ['golden-group'] }));
await attempt(() => admin.deleteGroups({ groups: ['golden-group'] }));
await attempt(() => admin.deleteTopics({ topics: ['other'] }));
await admin.close();
