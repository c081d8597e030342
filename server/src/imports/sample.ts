import type { FileImport, FileSettings, ImportMapping, MappedColumn, RouteResponse, SampleColumn, Settings } from '@throughline/contracts'
import { readSample, type Sample } from './detect/sniff.ts'
import { detectDates, detectType } from './detect/values.ts'
import { ownIds } from './kinds/kind.ts'
import { FINER } from './kinds/orders.ts'
import { findMissing } from './mapping/check.ts'
import { convert, textOf } from './values/convert.ts'
import { minorDigits, readDate, readId, readMinor } from './values/read.ts'

const SHOWN = 4
const signs: { readonly [sign: string]: string } = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' }

/** The first rows of a file as its mapping reads them, with what was detected and what is not certain. */
export async function describeSample(
  { kind, mapping }: Pick<FileImport, 'kind' | 'mapping'>,
  path: string,
  locale: Settings['locale'],
): Promise<RouteResponse<'importSample'>> {
  const sample = await readSample(path, mapping.file)
  const columns = describeColumns(sample, mapping)
  const gone = mapping.columns.filter(({ column, to }) => to !== 'ignore' && !sample.columns.includes(column))
  const missing = [
    ...findMissing(kind, mapping),
    ...gone.map(({ column }) => `The file has no column "${column}", which the mapping names.`),
  ]
  return { columns, notes: describeFile(sample, mapping.file, locale), missing }
}

/** The columns of a sample, with their first values as the mapping reads them. */
export function describeColumns(sample: Sample, mapping: ImportMapping): SampleColumn[] {
  const mapped = new Map(mapping.columns.map((one) => [one.column, one]))
  return sample.columns.map((column, at) => {
    const cells = sample.rows.map((row) => row.cells[at] ?? null)
    const filled = cells.filter((cell) => cell !== null)
    return {
      column,
      values: filled.slice(0, SHOWN).map((cell) => textOf(cell).slice(0, 200)),
      type: detectType(column, cells, mapping.file),
      read: filled[0] === undefined ? null : describeValue(filled[0], mapped.get(column), mapping),
    }
  })
}

/** How a value is understood where that is not what stands there. */
function describeValue(cell: Parameters<typeof textOf>[0], mapped: MappedColumn | undefined, { file }: ImportMapping): string | null {
  if (mapped === undefined) return null
  if (mapped.to === 'time') {
    const date = readDate(textOf(cell), file)
    return date === null ? null : `${new Date(date.at).toISOString()} (${file.zone})`
  }
  if (ownIds.includes(mapped.to)) {
    const text = textOf(cell).trim()
    return readId(text) === text ? null : readId(text)
  }
  if (['total', 'revenue', 'shipping', 'tax', 'discount', 'price'].includes(mapped.to)) {
    const [digits, finer] = [minorDigits(file.currency), mapped.to === 'price' ? FINER : 0]
    const minor = readMinor(textOf(cell), typeof cell === 'number' ? '.' : file.decimalMark, digits + finer)
    return minor === null ? null : `${minor / 10 ** finer} minor units (${file.currency})`
  }
  if ((mapped.to !== 'trait' && mapped.to !== 'property') || mapped.type === undefined || mapped.type === 'text') return null
  const made = convert(cell, mapped.type, file)
  if (!made.ok) return `not ${mapped.type}; allowed: ${made.allowed}`
  return mapped.type === 'money' ? `${textOf(made.value)} minor units (${file.currency})` : textOf(made.value)
}

function describeFile({ rows }: Sample, file: FileSettings, locale: string): string[] {
  const texts = rows.flatMap(({ cells }) => cells.filter((cell): cell is string => typeof cell === 'string'))
  const dates = detectDates(texts, locale)
  const forms = {
    csv: `CSV, values between ${signs[file.delimiter] ?? `"${file.delimiter}"`}, ${file.encoding}${file.header ? '' : ', no names of columns'}.`,
    jsonl: `JSON lines, ${file.encoding}.`,
    xlsx: 'Excel, its first sheet.',
  }
  const broken = rows.filter((row) => row.broken !== undefined).length
  return [
    forms[file.format],
    ...(file.format === 'csv' ? [`Decimals stand behind a ${file.decimalMark === ',' ? 'comma: 1.234,50' : 'point: 1,234.50'}.`] : []),
    ...(dates.certain
      ? []
      : [`Dates such as 03/04/2026 can be read in two ways; they are read ${file.dateOrder === 'mdy' ? 'month first' : 'day first'}.`]),
    ...(broken === 0 ? [] : [`${broken} of the first ${rows.length} rows cannot be read as they stand; the check lists them.`]),
  ]
}
