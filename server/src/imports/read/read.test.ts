import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Json } from '@throughline/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { detectFile, readSample } from '../detect/sniff.ts'
import { openTable } from './table.ts'
import { makeZip } from '../test/make-zip.ts'
import { openBytes } from './bytes.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'imports-'))))
afterAll(() => rmSync(folder, { recursive: true }))

const workspace = { zone: 'Europe/Berlin', currency: 'EUR', locale: 'de-DE' }

async function read(
  name: string,
  content: Buffer | string,
): Promise<{
  settings: Awaited<ReturnType<typeof detectFile>>
  columns: readonly string[]
  rows: readonly (readonly Json[])[]
  broken: number[]
}> {
  const path = join(folder, name)
  writeFileSync(path, content)
  const settings = await detectFile(path, name, workspace)
  const { columns, rows } = await readSample(path, settings)
  return {
    settings,
    columns,
    rows: rows.filter((row) => row.broken === undefined).map(({ cells }) => cells),
    broken: rows.filter((row) => row.broken !== undefined).map(({ number }) => number),
  }
}

describe('a CSV file', () => {
  const text = 'Name;Ort;Umsatz\nZoë;Köln;"1.234,50"\n"Line\nbreak";Bonn;2,00\n'
  test.each([
    ['UTF-8', 'utf-8', Buffer.from(text)],
    ['UTF-8 with a mark', 'utf-8', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 with a mark', 'utf-16le', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['big-endian UTF-16', 'utf-16be', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['Windows-1252', 'windows-1252', Buffer.from(text, 'latin1')],
    ['gzip', 'utf-8', gzipSync(text)],
  ])('in %s is told by its bytes, and read to the letter', async (name, encoding, bytes) => {
    const found = await read(`${name}.csv`, bytes)
    expect(found.settings).toMatchObject({ format: 'csv', encoding, delimiter: ';', header: true, decimalMark: ',', zone: 'Europe/Berlin' })
    expect(found.columns).toEqual(['Name', 'Ort', 'Umsatz'])
    expect(found.rows).toEqual([
      ['Zoë', 'Köln', '1.234,50'],
      ['Line\nbreak', 'Bonn', '2,00'],
    ])
  })

  test('names columns that have no name, or the same, and says which rows have too many values', async () => {
    const found = await read('odd.csv', 'a,,a\n1,2,3\n1,2,3,4\n\n4,5\n')
    expect(found.columns).toEqual(['a', 'Column 2', 'a (2)'])
    expect(found.rows).toEqual([
      ['1', '2', '3'],
      ['4', '5', null],
    ])
    expect(found.broken).toEqual([3])
  })

  test('without names of columns is told, and keeps its first row', async () => {
    const found = await read('plain.csv', '17850,lena@example.org\n17851,bo@example.org\n')
    expect(found.settings.header).toBe(false)
    expect(found.rows).toHaveLength(2)
  })

  test('that is damaged or cut off within its gzip data is refused, and not tried again', async () => {
    const packed = gzipSync(Array.from({ length: 90_000 }, (_, n) => `${n},${(n * 7_919) % 10_007}\n`).join(''))
    for (const [name, bytes] of [
      ['cut.csv', packed.subarray(0, packed.length / 2)],
      ['damaged.csv', Buffer.concat([packed.subarray(0, 900), Buffer.alloc(300, 255), packed.subarray(1_200)])],
    ] as const) {
      const path = join(folder, name)
      writeFileSync(path, bytes)
      const settings = {
        format: 'csv',
        encoding: 'utf-8',
        delimiter: ',',
        header: false,
        decimalMark: '.',
        dateOrder: 'ymd',
        ...workspace,
      } as const
      const rows = async () => {
        for await (const batch of (await openTable(path, settings)).batches) void batch
      }
      await expect(rows()).rejects.toMatchObject({ code: 'file_unreadable' })
      await expect(detectFile(path, name, workspace)).rejects.toMatchObject({ code: 'file_unreadable' })
    }
  })

  test('takes a quote inside a value as a sign of it', async () => {
    const { rows } = await read('vinyl.csv', 'sku,name,size\n1,12" vinyl,"a ""b"""\n2,7",3\n')
    expect(rows).toEqual([
      ['1', '12" vinyl', 'a "b"'],
      ['2', '7"', '3'],
    ])
  })

  test.each([
    ['people.xls', Buffer.from('d0cf11e0a1b11ae10000000000', 'hex'), 'old form (.xls)'],
    ['people.xlsx', Buffer.from('email\na@example.org\n'), 'but it is none'],
    ['people.csv', Buffer.from('%PDF-1.7\n1 0 obj\n'), 'it is a PDF'],
    ['people.csv', Buffer.from('email,name\na@example.org,\0\u0001\0\n'), 'it is no text'],
    ['people.csv', Buffer.from('\n<!DOCTYPE html>\n<title>Sign in</title>'), 'it is a web page'],
    ['people.json', Buffer.from('[\n { "email": "a@example.org" }\n]'), 'one JSON list'],
  ])('%s that is something else is refused by what it is, %#', async (name, bytes, why) => {
    const path = join(folder, 'other')
    writeFileSync(path, bytes)
    await expect(detectFile(path, name, workspace)).rejects.toThrow(why)
  })

  test('with a quote that never closes, or bytes of another encoding further down, is refused by name', async () => {
    await expect(read('quote.csv', `a,b\n0,0\n1,"2\n${'3,4\n'.repeat(10)}`)).rejects.toMatchObject({
      code: 'file_unreadable',
      message: 'The file cannot be read: a quote that opens in row 3 is never closed.',
    })
    const path = join(folder, 'mixed.csv')
    writeFileSync(path, Buffer.concat([Buffer.from('a,b\n'), Buffer.from('ö,1\n', 'latin1')]))
    await expect(readSample(path, { ...(await detectFile(path, 'mixed.csv', workspace)), encoding: 'utf-8' })).rejects.toThrow(
      'no utf-8 text',
    )
  })
})

test('JSON lines are read by path, and a line that is no object is refused alone', async () => {
  const lines = ['{"id":7,"address":{"city":"Köln"},"tags":["a"]}', 'oops', '{"id":8,"extra":true}']
  const found = await read('some.jsonl', lines.join('\n'))
  expect(found.settings.format).toBe('jsonl')
  expect(found.columns).toEqual(['id', 'address.city', 'tags', 'extra'])
  expect(found.rows).toEqual([
    [7, 'Köln', ['a'], null],
    [8, null, null, true],
  ])
  expect(found.broken).toEqual([2])
})

describe('an Excel file', () => {
  const parts = {
    'xl/workbook.xml':
      '<workbook xmlns:r="r"><sheets><sheet name="Hidden" state="hidden" r:id="r1"/><sheet name="People" r:id="r2"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="r1" Target="worksheets/a.xml"/><Relationship Id="r2" Target="/xl/worksheets/b.xml"/></Relationships>',
    'xl/styles.xml':
      '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>',
    'xl/sharedStrings.xml':
      '<sst><si><t>E-mail</t></si><si><r><t>Gebur</t></r><r><t>tstag</t></r></si><si><t>a&amp;b@example.org</t></si></sst>',
    'xl/worksheets/a.xml': '<worksheet><sheetData/></worksheet>',
    'xl/worksheets/b.xml': `<x:worksheet xmlns:x="x"><x:sheetData>
      <x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c><x:c r="B1" t="s"><x:v>1</x:v></x:c><x:c r="D1" t="inlineStr"><x:is><x:t>Aktiv</x:t></x:is></x:c></x:row>
      <x:row r="4"><x:c r="A4" t="s"><x:v>2</x:v></x:c><x:c r="B4" s="1"><x:v>32904</x:v></x:c><x:c r="D4" t="b"><x:v>1</x:v></x:c></x:row>
      <x:row r="5"><x:c r="A5"><x:v>17850</x:v></x:c><x:c r="B5" s="2"><x:v>45000.5</x:v></x:c></x:row>
    </x:sheetData></x:worksheet>`,
  }

  test('is read from its first visible sheet, with dates, shared texts, gaps and its own row numbers', async () => {
    const found = await read('people.xlsx', makeZip(parts))
    expect(found.settings.format).toBe('xlsx')
    expect(found.columns).toEqual(['E-mail', 'Geburtstag', 'Column 3', 'Aktiv'])
    expect(found.rows).toEqual([
      ['a&b@example.org', '1990-01-31', null, true],
      [17850, '2023-03-15T12:00:00', null, null],
    ])
    const { rows } = await readSample(join(folder, 'people.xlsx'), found.settings)
    expect(rows.map(({ number }) => number)).toEqual([4, 5])
  })

  test('that is cut off, or a zip of something else, is refused with what would do', async () => {
    await expect(read('cut.xlsx', makeZip(parts).subarray(0, 300))).rejects.toThrow('it is no Excel file (.xlsx)')
    await expect(read('other.xlsx', makeZip({ 'hello.txt': 'hello' }))).rejects.toThrow('no Excel file with a sheet')
  })
})

test('a file that unpacks to more than is allowed is refused instead of read for days', async () => {
  const path = join(folder, 'bomb.gz')
  writeFileSync(path, gzipSync(Buffer.alloc(3_000_000, 'x')))
  const { stream } = await openBytes(path, 2_000_000)
  let bytes = 0
  await expect(async () => {
    for await (const chunk of stream) bytes += chunk.length
  }).rejects.toThrow('unpacked it is longer than')
  expect(bytes).toBeLessThanOrEqual(2_000_000)
})
