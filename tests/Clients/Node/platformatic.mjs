// @platformatic/kafka as a user has it: only the newest versions of every API.
import { Consumer, MessagesStreamModes, MessagesStreamFallbackModes, Producer } from '@platformatic/kafka'
import { bytes, guard, print, readJob, text } from './job.mjs'

const job = readJob()
const common = { clientId: 'platformatic-test', bootstrapBrokers: [job.bootstrap], retries: 20, retryDelay: 100, autocreateTopics: true }

if (process.argv[2] === 'produce') {
  const producer = new Producer({ ...common, idempotent: job.idempotent === true })
  await producer.send({
    acks: -1,
    compression: job.codec,
    messages: job.records.map(record => ({
      topic: job.topic,
      partition: record.partition,
      key: bytes(record.key) ?? undefined,
      value: bytes(record.value) ?? undefined,
      headers: new Map(record.headers.map(([name, value]) => [Buffer.from(name), bytes(value)]))
    }))
  })
  await producer.close()
} else {
  const seen = []
  guard(job, () => `@platformatic/kafka saw ${seen.length} of ${job.count} records`)
  const consumer = new Consumer({ ...common, groupId: job.group })
  const stream = await consumer.consume({
    autocommit: false,
    topics: job.topics,
    sessionTimeout: 10000,
    heartbeatInterval: 500,
    maxWaitTime: 200,
    mode: MessagesStreamModes.COMMITTED,
    fallbackMode: MessagesStreamFallbackModes.EARLIEST
  })
  for await (const message of stream) {
    seen.push(message)
    await message.commit()
    if (seen.length >= job.count) break
  }
  await stream.close()
  await consumer.close()
  for (const { topic, partition, offset, key, value, headerEntries } of seen) {
    print({
      topic,
      partition,
      offset: Number(offset),
      key: text(key),
      value: text(value),
      headers: headerEntries.map(([name, content]) => [name.toString(), text(content)])
    })
  }
}
process.exit(0)
