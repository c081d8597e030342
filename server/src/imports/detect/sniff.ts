import { isUtf8 } from 'node:buffer'
import type { FileSettings, Settings } from '@throughline/contracts'
import { openBytes, readHead, unreadable, type Encoding } from '../read/bytes.ts'
import { openTable, type Row } from '../read/table.ts'
import { detectDates, detectDecimalMark } from './values.ts'

const LOOK = 256 * 1024
/** Rows from which types are told. */
export const SAMPLE_ROWS = 500

/** What stands at the beginning of a file. */
export interface Sample {
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
}

/**
 * How a file is most likely to be read, from its bytes and first rows. What a file cannot say (time zone, currency, the
 * order of day and month where both fit) is taken from the workspace. @throws FileImportError `file_unreadable`
 */
export async function detectFile(
  path: string,
  name: string,
  workspace: Pick<Settings, 'zone' | 'currency' | 'locale'>,
): Promise<FileSettings> {
  const base = {
    encoding: 'utf-8',
    delimiter: ',',
    header: true,
    decimalMark: '.',
    dateOrder: 'ymd',
    zone: workspace.zone,
    currency: workspace.currency,
  } as const
  const head = (await readHead(path, 8)).toString('latin1')
  if (head.startsWith('PK\u0003\u0004')) return detectValues(path, { ...base, format: 'xlsx' }, workspace.locale)
  const { text, encoding } = await readStart(path)
  const other = nameOther(head, text, name)
  if (other !== null) throw unreadable(other)
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '')
  const json = /\.(jsonl|ndjson|json)(\.gz)?$/i.test(name) || (lines[0]?.trimStart().startsWith('{') ?? false)
  if (json && lines[0]?.trimStart().startsWith('{')) return detectValues(path, { ...base, format: 'jsonl', encoding }, workspace.locale)
  const delimiter = detectDelimiter(text)
  const settings = { ...base, format: 'csv', encoding, delimiter } as const
  const { rows, columns } = await readSample(path, { ...settings, header: true })
  return detectValues(path, { ...settings, header: looksLikeHeader(columns, rows) }, workspace.locale)
}

/** What a file is that is none of ours, and what would do; null for what may be read. */
function nameOther(head: string, text: string, name: string): string | null {
  if (head.startsWith('\u00d0\u00cf\u0011\u00e0'))
    return 'it is an Excel file of the old form (.xls), or one with a password; save it as .xlsx without a password, or as CSV'
  if (head.startsWith('%PDF')) return 'it is a PDF; export the table as CSV or .xlsx'
  if (/\.xlsx$/i.test(name)) return 'its name says Excel (.xlsx), but it is none, or it is damaged; save it again'
  if (text.includes('\0')) return 'it is no text'
  const start = text.slice(0, 1_000).trimStart()
  if (/^<(!doctype html|html|head|body)\b/i.test(start))
    return 'it is a web page, such as a link gives that asks to sign in first; download the table itself'
  if (/^<\?xml\b/i.test(start)) return 'it is XML; export the table as CSV or .xlsx'
  if (/^\[\s*[{\]]/.test(start))
    return 'it is one JSON list; JSON lines have one object in each line, without brackets around them and commas between'
  return null
}

/** The first rows of a file. */
export async function readSample(path: string, settings: FileSettings, count = SAMPLE_ROWS): Promise<Sample> {
  const { columns, batches } = await openTable(path, settings)
  const rows: Row[] = []
  for await (const batch of batches) {
    rows.push(...batch)
    if (rows.length >= count) break
  }
  return { columns, rows: rows.slice(0, count) }
}

async function detectValues(path: string, settings: FileSettings, locale: string): Promise<FileSettings> {
  const { rows } = await readSample(path, settings)
  const texts = rows.flatMap(({ cells }) => cells.filter((cell): cell is string => typeof cell === 'string'))
  return { ...settings, decimalMark: detectDecimalMark(texts) ?? '.', dateOrder: detectDates(texts, locale).order }
}

async function readStart(path: string): Promise<{ text: string; encoding: Encoding }> {
  const { stream, release } = await openBytes(path)
  const chunks: Buffer[] = []
  let length = 0
  let utf8 = true
  let encoding: Encoding | undefined
  let rest: Buffer = Buffer.alloc(0)
  try {
    // To the end, since one letter of another encoding may stand anywhere; of a file that begins with a mark, the start will do.
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (length < LOOK) chunks.push(chunk)
      length += chunk.length
      encoding ??= markOf(chunks[0]!)
      if (encoding !== undefined && length >= LOOK) break
      const whole = Buffer.concat([rest, chunk])
      const end = lastWhole(whole)
      utf8 &&= isUtf8(whole.subarray(0, end))
      rest = whole.subarray(end)
      if (!utf8 && length >= LOOK) break
    }
  } finally {
    release()
  }
  encoding ??= utf8 && isUtf8(rest) ? 'utf-8' : 'windows-1252'
  const start = Buffer.concat(chunks).subarray(0, LOOK)
  return { encoding, text: new TextDecoder(encoding).decode(start) }
}

function markOf(bytes: Buffer): Encoding | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  // UTF-16 without a mark: plain letters have a zero beside them.
  const start = bytes.subarray(0, 200)
  const zeros = (parity: number): number => start.filter((byte, at) => at % 2 === parity && byte === 0).length
  if (zeros(1) > start.length / 4) return 'utf-16le'
  if (zeros(0) > start.length / 4) return 'utf-16be'
  return undefined
}

/** Up to where the bytes end with a whole sign: one of several bytes may be cut by the end of a piece. */
function lastWhole(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return back < length ? bytes.length - back : bytes.length
    }
    if (byte < 0x80) break
  }
  return bytes.length
}

/** The sign that cuts most rows into the same number of values, quotes respected. */
export function detectDelimiter(text: string): string {
  let best = ','
  let bestScore = 0
  for (const sign of [',', ';', '\t', '|']) {
    const counts = countPerRow(text, sign).slice(0, 100)
    const most = [...new Set(counts)].map((count) => [count, counts.filter((one) => one === count).length] as const)
    const [count, rows] = most.sort((a, b) => b[1] - a[1])[0] ?? [0, 0]
    const score = count === 0 ? 0 : (rows / counts.length) * 100 + Math.min(count, 50)
    if (score > bestScore) [best, bestScore] = [sign, score]
  }
  return best
}

function countPerRow(text: string, sign: string): number[] {
  const counts: number[] = []
  let quoted = false
  let count = 0
  let filled = false
  for (const one of text.slice(0, 64 * 1024)) {
    if (one === '"') quoted = !quoted
    else if (quoted) continue
    else if (one === sign) count += 1
    else if (one === '\n') {
      if (filled) counts.push(count)
      count = 0
      filled = false
      continue
    }
    if (one.trim() !== '') filled = true
  }
  return counts
}

/** A first row names columns when all of it are short different texts and none is a value such as a number, date or address. */
function looksLikeHeader(columns: readonly string[], rows: readonly Row[]): boolean {
  if (rows.length === 0) return true
  const value = /^[\d.,:/\s-]+$|@.+\.|^(true|false|yes|no)$/i
  return columns.every((name) => !value.test(name) && name.length <= 100)
}
