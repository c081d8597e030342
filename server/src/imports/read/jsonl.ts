import type { FileSettings, Json, JsonObject } from '@throughline/contracts'
import { decode, openBytes, unreadable } from './bytes.ts'
import type { Row, Table } from './table.ts'

const BATCH = 1_000
const MAX_LINE = 1_000_000
/** How many lines are looked at to learn which fields there are. */
const LOOK = 100_000
const DEPTH = 4

/** Opens a file with one JSON object a line. Fields of objects inside become columns of their own, such as `address.city`. */
export async function openJsonl(path: string, settings: FileSettings): Promise<Table> {
  const names = new Set<string>()
  const looking = await openBytes(path)
  let looked = 0
  try {
    for await (const lines of readLines(decode(looking.stream, settings.encoding))) {
      for (const line of lines) {
        const parsed = parseLine(line)
        if (parsed !== null) for (const name of flatten(parsed).keys()) if (names.size < 500) names.add(name)
      }
      looked += lines.length
      if (looked >= LOOK) break
    }
  } finally {
    looking.release()
  }
  if (names.size === 0) throw unreadable(looked === 0 ? 'it is empty' : 'none of its lines is a JSON object')
  const columns = [...names]
  const { stream, progress, release } = await openBytes(path)
  return { columns, progress, batches: readBatches(decode(stream, settings.encoding), columns, release) }
}

async function* readBatches(text: AsyncIterable<string>, columns: readonly string[], release: () => void): AsyncGenerator<readonly Row[]> {
  let number = 0
  let rows: Row[] = []
  try {
    for await (const lines of readLines(text)) {
      for (const line of lines) {
        number += 1
        if (line.trim() === '') continue
        rows.push(toRow(line, number, columns))
        if (rows.length < BATCH) continue
        yield rows
        rows = []
      }
    }
    if (rows.length > 0) yield rows
  } finally {
    release()
  }
}

function toRow(line: string, number: number, columns: readonly string[]): Row {
  const parsed = parseLine(line)
  if (parsed === null) {
    const broken = { value: line.slice(0, 200), reason: 'The line is no JSON object.', allowed: 'one JSON object a line' }
    return { number, cells: [], broken }
  }
  const fields = flatten(parsed)
  return { number, cells: columns.map((column) => emptyToNull(fields.get(column))) }
}

const emptyToNull = (value: Json | undefined): Json => (value === undefined || value === '' ? null : value)

function parseLine(line: string): JsonObject | null {
  try {
    const value = JSON.parse(line) as Json
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: Json): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function flatten(object: JsonObject, before = '', depth = 1, into = new Map<string, Json>()): Map<string, Json> {
  for (const [name, value] of Object.entries(object)) {
    const path = before + name
    if (isObject(value) && depth < DEPTH) flatten(value, `${path}.`, depth + 1, into)
    else into.set(path, value)
  }
  return into
}

/** Lines of a text, many at a time. */
async function* readLines(text: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = ''
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE || lines.some((line) => line.length > MAX_LINE))
      throw unreadable(`a line is longer than ${MAX_LINE} characters`)
    yield lines
  }
  if (rest !== '') yield [rest]
}
