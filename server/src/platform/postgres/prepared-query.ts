import type { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import pg from 'pg'
import type { DataRow } from './data-rows.ts'
import { readerOf, type Reader } from './readers.ts'

/** What of `pg`'s connection is used here. */
export interface Connection extends EventEmitter {
  readonly stream: Duplex
  attachListeners(stream: EventEmitter): void
}

interface Column {
  readonly name: string
  readonly dataTypeID: number
}

/** What is known of a named statement once it has run on a connection. */
export interface Shape {
  readonly text: string
  readonly columns: readonly Column[]
  /** The values of a row, in the order of the columns. */
  readonly readers: readonly Reader[]
  readonly emptyRow: object
  /** What stands in front of the parameters when it is bound, and behind them: the forms of the values, `Execute` and `Sync`. */
  readonly head: Buffer
  readonly tail: Buffer
}

type Callback = (error: Error | null | undefined, result?: unknown) => void

/** What of `pg`'s query is used or replaced here. */
interface Query extends EventEmitter {
  text: string
  name: string
  values: unknown[]
  callback: Callback | undefined
  readonly _result: { readonly rows: unknown[]; fields: readonly Column[] }
  _canceledDueToError: unknown
  submit(connection: Connection): Error | null
  handleRowDescription(message: { readonly fields: readonly Column[] }): void
  handleDataRow(row: DataRow): void
  handleCommandComplete(message: unknown, connection: Connection): void
}

const Base = pg.Query as unknown as new (text: string) => Query

/**
 * One run of a named statement. The first on a connection is `pg`'s: it prepares the statement and has it described. Those after it are
 * bound, executed and synchronised in one piece, and read by what is known of it.
 */
export class PreparedQuery extends Base {
  readonly #shapes: Map<string, Shape>
  #shape: Shape | null = null
  #columns: readonly Column[] = []

  constructor(shapes: Map<string, Shape>, name: string, text: string, values: unknown[]) {
    super(text)
    this.#shapes = shapes
    this.name = name
    this.values = values
  }

  override submit(connection: Connection): Error | null {
    const shape = this.#shapes.get(this.name)
    const bytes = shape?.text === this.text ? bind(shape, this.values) : null
    if (shape === undefined || bytes === null) return super.submit(connection)
    this.#shape = shape
    this._result.fields = shape.columns
    if (connection.stream.writable) connection.stream.write(bytes)
    return null
  }

  override handleRowDescription(message: { readonly fields: readonly Column[] }): void {
    this.#columns = message.fields
    super.handleRowDescription(message)
  }

  override handleDataRow(row: DataRow): void {
    if (this.#shape === null) return super.handleDataRow(row)
    if (this._canceledDueToError) return
    try {
      this._result.rows.push(readRow(this.#shape, row))
    } catch (error) {
      this._canceledDueToError = error
    }
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    if (this.#shape === null) this.#shapes.set(this.name, shapeOf(this.name, this.text, this.#columns))
    super.handleCommandComplete(message, connection)
  }
}

function readRow({ columns, readers, emptyRow }: Shape, { bytes, at: start }: DataRow): object {
  const row: Record<string, unknown> = { ...emptyRow }
  let at = start + 2
  for (let i = 0; i < readers.length; i++) {
    const length = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
    at += 4
    if (length < 0) continue
    row[columns[i]!.name] = readers[i]!.read(bytes, at, at + length)
    at += length
  }
  return row
}

/** `E`xecute of the unnamed portal, all rows; `S`ync. */
const EXECUTE_AND_SYNC = Buffer.from([69, 0, 0, 0, 9, 0, 0, 0, 0, 0, 83, 0, 0, 0, 4])
const BIND = 66

function shapeOf(name: string, text: string, columns: readonly Column[]): Shape {
  const readers = columns.map(({ dataTypeID }) => readerOf(dataTypeID))
  const formats = Buffer.alloc(2 + 2 * readers.length)
  formats.writeUInt16BE(readers.length, 0)
  readers.forEach(({ isBinary }, at) => formats.writeUInt16BE(isBinary ? 1 : 0, 2 + 2 * at))
  return {
    text,
    columns,
    readers,
    emptyRow: Object.fromEntries(columns.map((column) => [column.name, null])),
    // Of the unnamed portal.
    head: Buffer.from(`\0${name}\0`),
    tail: Buffer.concat([formats, EXECUTE_AND_SYNC]),
  }
}

/** The messages of a run, or null when a value among the parameters is none of those that are written here. */
function bind({ head, tail }: Shape, values: readonly unknown[]): Buffer | null {
  const count = values.length
  const given = new Array<Buffer | string | null>(count)
  let size = 1 + 4 + head.length + 2 + 2 * count + 2 + 4 * count
  for (let i = 0; i < count; i++) {
    const value = values[i]
    if (value === null || value === undefined) given[i] = null
    else if (Buffer.isBuffer(value)) {
      given[i] = value
      size += value.length
    } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      const text = String(value)
      given[i] = text
      size += Buffer.byteLength(text)
    } else return null
  }
  const formats = tail.length - EXECUTE_AND_SYNC.length
  const out = Buffer.allocUnsafe(size + tail.length)
  out[0] = BIND
  out.writeUInt32BE(size + formats - 1, 1)
  out.set(head, 5)
  let at = 5 + head.length
  at = out.writeUInt16BE(count, at)
  for (let i = 0; i < count; i++) at = out.writeUInt16BE(Buffer.isBuffer(given[i]) ? 1 : 0, at)
  at = out.writeUInt16BE(count, at)
  for (let i = 0; i < count; i++) {
    const value = given[i]!
    if (value === null) at = out.writeInt32BE(-1, at)
    else if (typeof value === 'string') {
      const written = out.write(value, at + 4, 'utf8')
      at = out.writeInt32BE(written, at) + written
    } else {
      at = out.writeInt32BE(value.length, at)
      out.set(value, at)
      at += value.length
    }
  }
  out.set(tail, at)
  return out
}
