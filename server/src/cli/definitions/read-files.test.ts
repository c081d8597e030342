import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findDefinitionFiles, readDefinitionFile } from './read-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'definitions '))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const write = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('several YAML documents are several definitions, and a field is found at its line and column', () => {
  const path = write('two.yaml', 'kind: segment\nid: one\n---\nkind: journey\nsteps:\n  remind:\n    kind: message\n    template: none\n')
  const { definitions, problems } = readDefinitionFile(path)
  expect(problems).toEqual([])
  expect(definitions.map(({ value }) => (value as { kind: string }).kind)).toEqual(['segment', 'journey'])
  expect(definitions[1]!.place('steps.remind.template')).toBe(`${path}:8:5`)
})

test('a field that is missing is placed at what should hold it', () => {
  const path = write('missing.yaml', 'kind: journey\nsteps:\n  remind:\n    kind: message\n')
  expect(readDefinitionFile(path).definitions[0]!.place('steps.remind.template')).toBe(`${path}:3:3`)
})

test('JSON, also as a list, is read with its places', () => {
  const path = write('list.json', '[\n  { "kind": "segment", "id": "a" },\n  { "kind": "segment",\n    "of": [1,\n 2] }\n]')
  const { definitions } = readDefinitionFile(path)
  expect(definitions).toHaveLength(2)
  expect(definitions[1]!.place('of[1]')).toBe(`${path}:5:2`)
})

test('text that is no YAML is named by its place and nothing of the file is taken', () => {
  const path = write('broken.yaml', 'kind: segment\nid: [one\nname: x\n')
  const { definitions, problems } = readDefinitionFile(path)
  expect(definitions).toEqual([])
  expect(problems[0]!.place).toMatch(/broken\.yaml:\d+:\d+$/)
})

test('a key that stands twice is refused, since one of the two would be lost', () => {
  const path = write('twice.yaml', 'kind: segment\nid: a\nid: b\n')
  expect(readDefinitionFile(path).problems[0]).toMatchObject({ place: `${path}:3:1` })
})

test('folders are searched all the way down, in the order of names, and other files are left out', () => {
  mkdirSync(join(folder, 'tree', 'deeper'), { recursive: true })
  for (const name of ['tree/b.yml', 'tree/a.yaml', 'tree/deeper/c.json', 'tree/readme.md']) write(name, '')
  expect(findDefinitionFiles([join(folder, 'tree')]).map((path) => path.slice(folder.length + 1))).toEqual([
    'tree/a.yaml',
    'tree/b.yml',
    'tree/deeper/c.json',
  ])
  expect(() => findDefinitionFiles([join(folder, 'nowhere')])).toThrow(/ENOENT/)
})
