// A job arrives as JSON on standard input; every byte string in it is base64 or null. Records leave as JSON lines.
import { readFileSync, writeSync } from 'node:fs'

export function readJob () {
  return JSON.parse(readFileSync(0, 'utf8'))
}

export const bytes = text => text === null ? null : Buffer.from(text, 'base64')

export const text = buffer => buffer === null || buffer === undefined ? null : Buffer.from(buffer).toString('base64')

/** Writes the whole line before it returns, because the process may exit right after. */
export function print (record) {
  const line = Buffer.from(JSON.stringify(record) + '\n')
  for (let written = 0; written < line.length;) {
    try {
      written += writeSync(1, line, written)
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
  }
}

/** Ends the process with a sentence when the job is not done in its time. */
export function guard (job, what) {
  setTimeout(() => {
    process.stderr.write(`${what()} after ${job.timeoutMs} ms\n`)
    process.exit(3)
  }, job.timeoutMs).unref()
}
