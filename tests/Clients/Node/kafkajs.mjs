// kafkajs as a user has it, with the codecs that it leaves to plug-ins.
import kafkajs from 'kafkajs'
import snappy from 'kafkajs-snappy'
import lz4 from 'lz4js'
import * as zstd from '@bokuweb/zstd-wasm'
import { bytes, guard, print, readJob, text } from './job.mjs'

const { Kafka, CompressionTypes, CompressionCodecs, logLevel } = kafkajs
await zstd.init()
CompressionCodecs[CompressionTypes.Snappy] = snappy
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async encoder => Buffer.from(lz4.compress(encoder.buffer)),
  decompress: async buffer => Buffer.from(lz4.decompress(buffer))
})
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async encoder => Buffer.from(zstd.compress(encoder.buffer, 3)),
  decompress: async buffer => Buffer.from(zstd.decompress(buffer))
})
const codecs = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 }

const job = readJob()
const kafka = new Kafka({
  clientId: 'kafkajs-test',
  brokers: [job.bootstrap],
  logLevel: logLevel.WARN,
  retry: { initialRetryTime: 50, retries: 20 }
})

if (process.argv[2] === 'produce') {
  const producer = kafka.producer({ idempotent: job.idempotent === true, allowAutoTopicCreation: true })
  await producer.connect()
  await producer.send({
    topic: job.topic,
    acks: -1,
    compression: codecs[job.codec],
    messages: job.records.map(record => ({
      partition: record.partition,
      key: bytes(record.key),
      value: bytes(record.value),
      headers: Object.fromEntries(record.headers.map(([name, value]) => [name, bytes(value)]))
    }))
  })
  await producer.disconnect()
} else {
  const seen = []
  guard(job, () => `kafkajs saw ${seen.length} of ${job.count} records`)
  const consumer = kafka.consumer({ groupId: job.group, sessionTimeout: 10000, heartbeatInterval: 500, maxWaitTimeInMs: 200 })
  await consumer.connect()
  await consumer.subscribe({ topics: job.topics, fromBeginning: true })
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, event => reject(event.payload.error))
    consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message }) => {
        seen.push({ ...message, topic, partition, offset: Number(message.offset) })
        if (seen.length >= job.count) resolve()
      }
    }).catch(reject)
  })
  const ends = new Map()
  for (const record of seen) ends.set(`${record.topic}\n${record.partition}`, record)
  await consumer.commitOffsets([...ends.values()].map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset + 1) })))
  await consumer.disconnect()
  for (const { topic, partition, offset, key, value, headers } of seen) {
    print({
      topic,
      partition,
      offset,
      key: text(key),
      value: text(value),
      headers: Object.entries(headers ?? {}).map(([name, content]) => [name, text(content)])
    })
  }
}
process.exit(0)
