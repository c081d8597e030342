import { posix } from 'node:path'
import type { FileSettings, Json } from '@throughline/contracts'
import { nameColumns, unreadable } from './bytes.ts'
import { makeTexts, type Texts } from './texts.ts'
import type { Row, Table } from './table.ts'
import { parseXml, type Element } from './xml.ts'
import { openZip, type ZipFile } from './zip.ts'

const DAY_MS = 86_400_000
const MAX_COLUMNS = 1_000
/** Characters of a cell. Excel itself writes no more than 32,767. */
const MAX_CELL = 100_000

interface Book {
  readonly sheet: string
  /** Days count from 1904 instead of 1900, as files from old Macs have it. */
  readonly from1904: boolean
  /** Whether numbers of a style are dates, by the style's place. */
  readonly dates: readonly boolean[]
  readonly texts: Texts
}

/**
 * Opens the first visible sheet of an Excel file (ECMA-376, SpreadsheetML) as a stream. Texts that cells share are kept
 * packed in memory; rows are not.
 */
export async function openXlsx(path: string, settings: FileSettings): Promise<Table> {
  const zip = await openZip(path)
  try {
    const book = await readBook(zip)
    const size = zip.sizeOf(book.sheet)
    let read = 0
    const rows = readRows(await zip.open(book.sheet), book, (bytes) => (read += bytes))
    const first = await rows.next()
    if (first.done === true || first.value.length === 0) throw unreadable('its first sheet is empty')
    const [head] = first.value
    const width = settings.header ? head!.cells.length : Math.max(...first.value.map(({ cells }) => cells.length))
    const columns = nameColumns(Array.from({ length: width }, (_, index) => (settings.header ? (head!.cells[index] ?? '') : '')))
    const rest = settings.header ? first.value.slice(1) : first.value
    return { columns, progress: () => Math.min(1, read / Math.max(1, size)), batches: continueRows(rest, rows, width, zip) }
  } catch (error) {
    zip.close()
    throw error
  }
}

async function* continueRows(
  first: readonly Row[],
  rows: AsyncGenerator<readonly Row[]>,
  width: number,
  zip: ZipFile,
): AsyncGenerator<readonly Row[]> {
  const fit = (row: Row): Row => {
    const extra = row.cells.slice(width).filter((cell) => cell !== null)
    const cells = Array.from({ length: width }, (_, index) => row.cells[index] ?? null)
    if (extra.length === 0) return { number: row.number, cells }
    const reason = `The row has ${row.cells.length} values for ${width} columns.`
    return { number: row.number, cells, broken: { value: extra.join(' ').slice(0, 200), reason, allowed: 'a name above every column' } }
  }
  try {
    if (first.length > 0) yield first.map(fit)
    for await (const batch of rows) if (batch.length > 0) yield batch.map(fit)
  } finally {
    zip.close()
  }
}

async function readBook(zip: ZipFile): Promise<Book> {
  const sheets: { rel: string; hidden: boolean }[] = []
  let from1904 = false
  await forEach(zip, 'xl/workbook.xml', ({ name, attributes }) => {
    if (name === 'sheet')
      sheets.push({ rel: attributes['id'] ?? '', hidden: attributes['state'] !== undefined && attributes['state'] !== 'visible' })
    if (name === 'workbookPr') from1904 = ['1', 'true'].includes(attributes['date1904'] ?? '')
  })
  const wanted = sheets.find(({ hidden }) => !hidden) ?? sheets[0]
  let sheet = ''
  await forEach(zip, 'xl/_rels/workbook.xml.rels', ({ name, attributes }) => {
    if (name === 'Relationship' && attributes['Id'] === wanted?.rel) sheet = posix.join('/xl', attributes['Target'] ?? '').slice(1)
  })
  // An absolute target begins at the root of the package.
  if (sheet.startsWith('xl/xl/')) sheet = sheet.slice(3)
  if (wanted === undefined || !zip.has(sheet)) throw unreadable('it is no Excel file with a sheet in it')
  return { sheet, from1904, dates: await readDateStyles(zip), texts: await readTexts(zip) }
}

async function forEach(zip: ZipFile, name: string, visit: (element: Element) => void): Promise<void> {
  if (!zip.has(name)) return
  for await (const _ of parseXml(await zip.open(name), { open: visit })) void _
}

// Numbers of the formats that every Excel knows to be dates or times (ECMA-376 part 1, 18.8.30).
const dateFormats = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47])

async function readDateStyles(zip: ZipFile): Promise<boolean[]> {
  const custom = new Map<number, boolean>()
  const dates: boolean[] = []
  let inside = false
  if (!zip.has('xl/styles.xml')) return dates
  const stream = await zip.open('xl/styles.xml')
  const handlers = {
    open: ({ name, attributes }: Element) => {
      if (name === 'cellXfs') inside = true
      const id = Number(attributes['numFmtId'])
      // Letters of dates, outside of texts in quotes or brackets.
      if (name === 'numFmt') custom.set(id, /[ymdhs]/i.test((attributes['formatCode'] ?? '').replace(/"[^"]*"|\[[^\]]*\]|\\./g, '')))
      if (name === 'xf' && inside) dates.push(custom.get(id) ?? dateFormats.has(id))
    },
    close: (name: string) => {
      if (name === 'cellXfs') inside = false
    },
  }
  for await (const _ of parseXml(stream, handlers)) void _
  return dates
}

async function readTexts(zip: ZipFile): Promise<Texts> {
  const texts = makeTexts()
  if (!zip.has('xl/sharedStrings.xml')) return texts
  let text = ''
  let inText = false
  let phonetic = false
  const handlers = {
    open: ({ name }: Element) => {
      if (name === 'si') text = ''
      else if (name === 't') inText = true
      else if (name === 'rPh') phonetic = true
    },
    text: (piece: string) => {
      if (inText && !phonetic) text = append(text, piece)
    },
    close: (name: string) => {
      if (name === 't') inText = false
      else if (name === 'rPh') phonetic = false
      else if (name === 'si') texts.add(text)
    },
  }
  for await (const _ of parseXml(await zip.open('xl/sharedStrings.xml'), handlers)) void _
  return texts
}

async function* readRows(stream: AsyncIterable<Uint8Array>, book: Book, onBytes: (bytes: number) => void): AsyncGenerator<readonly Row[]> {
  let rows: Row[] = []
  let number = 0
  let cells: Json[] = []
  let at = -1
  let kind = 'n'
  let style = 0
  let value = ''
  let reading = false
  const handlers = {
    open: ({ name, attributes }: Element) => {
      if (name === 'row') {
        number = attributes['r'] === undefined ? number + 1 : Number(attributes['r'])
        cells = []
        at = -1
      } else if (name === 'c') {
        at = attributes['r'] === undefined ? at + 1 : columnOf(attributes['r'])
        kind = attributes['t'] ?? 'n'
        style = Number(attributes['s'] ?? 0)
        value = ''
      } else if (name === 'v' || name === 't') reading = true
    },
    text: (piece: string) => {
      if (reading) value = append(value, piece)
    },
    close: (name: string) => {
      if (name === 'v' || name === 't') reading = false
      else if (name === 'c') {
        if (at >= MAX_COLUMNS) throw unreadable(`row ${number} has more than ${MAX_COLUMNS} columns`)
        while (cells.length < at) cells.push(null)
        cells[at] = readCell(kind, value, style, book)
      } else if (name === 'row' && cells.some((cell) => cell !== null)) rows.push({ number, cells })
    },
  }
  for await (const bytes of parseXml(stream, handlers)) {
    onBytes(bytes)
    if (rows.length === 0) continue
    const full = rows
    rows = []
    yield full
  }
}

function append(text: string, piece: string): string {
  if (text.length + piece.length > MAX_CELL) throw unreadable(`a cell in it is longer than ${MAX_CELL} characters`)
  return text + piece
}

function readCell(kind: string, value: string, style: number, book: Book): Json {
  if (value === '') return null
  switch (kind) {
    case 's':
      return book.texts.get(Number(value)).trim() || null
    case 'b':
      return value === '1'
    case 'n': {
      const number = Number(value)
      if (!Number.isFinite(number)) return value
      return book.dates[style] === true ? dateOf(number, book.from1904) : number
    }
    default:
      return value.trim() || null
  }
}

/** A day count as ISO 8601 text without a zone: Excel's days begin on 30 December 1899, since it takes 1900 for a leap year. */
function dateOf(days: number, from1904: boolean): string {
  const start = from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30)
  const at = new Date(start + Math.round((days * DAY_MS) / 1_000) * 1_000)
  if (Number.isNaN(at.getTime())) return String(days)
  const text = at.toISOString()
  return days % 1 === 0 ? text.slice(0, 10) : text.slice(0, 19)
}

/** The place of a cell by its name: 0 for A7, 27 for AB7. */
function columnOf(name: string): number {
  let at = 0
  for (const sign of name) {
    const letter = sign.charCodeAt(0) - 64
    if (letter < 1 || letter > 26) break
    at = at * 26 + letter
  }
  return at - 1
}
