import { EventEmitter } from 'node:events'
import type { Connection } from './prepared-query.ts'

/*
 * A message of the server: one byte that says what it is, four that say how long the rest is, themselves included. Most messages are
 * rows (`D`): two bytes for how many values there are, then for each four bytes for its length, -1 for null, and the value.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
const DATA_ROW = 68
const HEADER = 5

/** A row as it came. It holds only while it is being handled: the next one is written into the same object. */
export class DataRow {
  bytes: Buffer = NOTHING
  /** Where the number of its values stands. */
  at = 0

  /** The values as texts, as queries of `pg` ask for them. */
  get fields(): (string | null)[] {
    const { bytes } = this
    const count = bytes.readUInt16BE(this.at)
    const fields = new Array<string | null>(count)
    let at = this.at + 2
    for (let i = 0; i < count; i++) {
      const length = bytes.readInt32BE(at)
      at += 4
      fields[i] = length < 0 ? null : bytes.toString('utf8', at, at + length)
      if (length > 0) at += length
    }
    return fields
  }
}

const NOTHING = Buffer.alloc(0)

/**
 * Lets a connection hand on rows as bytes, as its event `dataRow` with a {@link DataRow}; every other message is left to `pg`, in the
 * order in which they came. To be called before it connects.
 */
export function carryRows(connection: Connection): void {
  const attach = connection.attachListeners.bind(connection)
  connection.attachListeners = (stream) => {
    const others = new EventEmitter()
    attach(others)
    const split = makeSplitter(
      (bytes) => others.emit('data', bytes),
      (row) => connection.emit('dataRow', row),
    )
    // One listener, a function like any other: a copy of a table takes it off, and hands it what it has not read.
    stream.on('data', split)
  }
}

/** Takes what comes in pieces of any size, and hands on rows one by one and what is between them in whole messages. */
export function makeSplitter(onOthers: (bytes: Buffer) => void, onRow: (row: DataRow) => void): (chunk: Buffer) => void {
  const row = new DataRow()
  /** The beginning of a message whose end has not come, and how many bytes have to be there before it is worth a look. */
  let parts: Buffer[] = []
  let size = 0
  let wanted = HEADER

  function keep(rest: Buffer): void {
    parts = [rest]
    size = rest.length
    wanted = size < HEADER ? HEADER : 1 + rest.readUInt32BE(1)
  }

  function take(bytes: Buffer): void {
    const { length } = bytes
    let at = 0
    // Up to here everything was handed on.
    let done = 0
    while (at + HEADER <= length) {
      const end = at + 1 + bytes.readUInt32BE(at + 1)
      if (end > length) break
      if (bytes[at] === DATA_ROW) {
        if (done < at) onOthers(bytes.subarray(done, at))
        row.bytes = bytes
        row.at = at + HEADER
        done = end
        onRow(row)
      }
      at = end
    }
    row.bytes = NOTHING
    if (done < at) onOthers(bytes.subarray(done, at))
    if (at < length) keep(bytes.subarray(at))
  }

  return (chunk) => {
    if (size === 0) return take(chunk)
    parts.push(chunk)
    size += chunk.length
    if (size < wanted) return
    const whole = Buffer.concat(parts, size)
    if (size >= HEADER && size < 1 + whole.readUInt32BE(1)) return keep(whole)
    parts = []
    size = 0
    take(whole)
  }
}
