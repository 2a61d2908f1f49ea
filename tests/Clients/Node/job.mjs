// A job arrives as JSON on standard input; every byte string in it is base64 or null. Records leave as JSON lines.
import { readFileSync } from 'node:fs'

export function readJob () {
  return JSON.parse(readFileSync(0, 'utf8'))
}

export const bytes = text => text === null ? null : Buffer.from(text, 'base64')

export const text = buffer => buffer === null || buffer === undefined ? null : Buffer.from(buffer).toString('base64')

export function print (record) {
  process.stdout.write(JSON.stringify(record) + '\n')
}

/** Ends the process with a sentence when the job is not done in its time. */
export function guard (job, what) {
  setTimeout(() => {
    process.stderr.write(`${what()} after ${job.timeoutMs} ms\n`)
    process.exit(3)
  }, job.timeoutMs).unref()
}
