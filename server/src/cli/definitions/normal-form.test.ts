import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { definitionSchema, type Definition } from '@throughline/contracts'
import { parse, parseAllDocuments } from 'yaml'
import { expect, test } from 'vitest'
import { canonicalJson } from '../../platform/text/index.ts'
import { inOrder, inShort } from './normal-form.ts'
import { parseYaml, toYaml, updateYaml, yamlStyle } from './write.ts'

const examples = join(import.meta.dirname, '../../../../examples')
const definitions: Definition[] = ['journeys', 'segments', 'templates'].flatMap((folder) =>
  readdirSync(join(examples, folder)).flatMap((name) =>
    parseAllDocuments(readFileSync(join(examples, folder, name), 'utf8')).map((one) => definitionSchema.parse(one.toJS())),
  ),
)

/** The same value with the fields of every object in another order. */
function shuffle<T>(value: T, key: (name: string) => string): T {
  if (Array.isArray(value)) return value.map((one: unknown) => shuffle(one, key)) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, inner]: [string, unknown]) => [name, shuffle(inner, key)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => (key(a) < key(b) ? -1 : 1))) as T
}

test('what is written is read again as the same definition, and is the same text whatever order it was stored in', () => {
  fc.assert(
    fc.property(fc.constantFrom(...definitions), fc.string(), (definition, salt) => {
      const text = toYaml(definition)
      expect(canonicalJson(definitionSchema.parse(parse(text)))).toBe(canonicalJson(definition))
      const stored = shuffle(definition, (name) => [...`${name}${salt}`].toReversed().join(''))
      expect(toYaml(stored)).toBe(text)
    }),
    { numRuns: 40 },
  )
})

const journey = definitionSchema.parse({
  kind: 'journey',
  id: 'note',
  name: 'Note',
  entry: { on: { event: 'Product Added' }, reentry: { kind: 'never' } },
  start: 'say',
  steps: {
    later: { kind: 'exit' },
    ask: {
      kind: 'branch',
      paths: [{ if: { kind: 'trait', trait: 'vip', compare: { op: 'is', value: true } }, next: 'later' }],
      otherwise: 'wait',
    },
    wait: { kind: 'wait', for: '1 day', next: 'later' },
    say: { kind: 'message', channel: 'inbox', template: 'note', next: 'ask' },
  },
})

test('steps stand as one meets them on the way, and what holds anyway is not written', () => {
  const short = inShort(journey)
  expect(short.kind === 'journey' && Object.keys(short.steps)).toEqual(['say', 'ask', 'later', 'wait'])
  const text = toYaml(journey)
  expect(text).not.toMatch(/reentry|purpose|reason/)
  expect(text).toContain('say: { kind: message, channel: inbox, template: note, next: ask }')
})

test('values that are taken from an event of the shop are written and read as they stand', () => {
  const compare = { op: 'at-least', value: '{event.price}' }
  const drop = definitionSchema.parse({
    kind: 'journey',
    id: 'drop',
    name: 'Drop',
    entries: [
      {
        kind: 'shop-event',
        on: { event: 'Price Dropped' },
        concerns: {
          kind: 'all',
          of: [
            { kind: 'trait', trait: 'wished_price', compare },
            { kind: 'event', event: 'Product Viewed', where: [{ property: 'price', compare }], between: { from: '{event.since}' } },
            { kind: 'trait', trait: 'until', compare: { op: 'after', date: '{event.ends}' } },
          ],
        },
      },
    ],
    start: 'end',
    steps: { end: { kind: 'exit' } },
  })
  const text = toYaml(drop)
  expect(text).toContain("value: '{event.price}'")
  expect(text).not.toContain('times')
  expect(definitionSchema.parse(parse(text))).toEqual(drop)
})

test('a field stays that has a default elsewhere and must be said here', () => {
  const webhook = definitionSchema.parse({
    kind: 'template',
    id: 'w',
    name: 'W',
    channel: 'webhook',
    url: 'https://a.example',
    method: 'PUT',
    body: '{}',
  })
  expect(inShort(webhook)).toEqual({
    kind: 'template',
    id: 'w',
    name: 'W',
    channel: 'webhook',
    url: 'https://a.example',
    method: 'PUT',
    body: '{}',
  })
})

test('a change keeps comments, quotes, order and written defaults of all that still holds', () => {
  const text = `# what we say first
kind: journey
name: "Note"
id: note
entry:
  on: { event: Product Added } # the cart
  reentry: { kind: never }
start: say
steps:
  # one word
  say: { kind: message, channel: inbox, template: note, next: later }
  later: { kind: exit }
`
  const document = parseYaml(text)
  const changed = definitionSchema.parse({
    ...(parse(text) as object),
    name: 'A note',
    steps: { say: { kind: 'message', channel: 'inbox', template: 'other', next: 'wait' }, wait: { kind: 'wait', for: '1 day' } },
  })
  updateYaml(document, [], changed)
  expect(document.toString(yamlStyle)).toBe(`# what we say first
kind: journey
name: "A note"
id: note
entry:
  on: { event: Product Added } # the cart
  reentry: { kind: never }
start: say
steps:
  # one word
  say: { kind: message, channel: inbox, template: other, next: wait }
  wait: { kind: wait, for: 1 day }
`)
})

test('whatever is changed, the file then says what is published', () => {
  fc.assert(
    fc.property(fc.constantFrom(...definitions), fc.constantFrom(...definitions), (from, to) => {
      const document = parseYaml(toYaml(from))
      updateYaml(document, [], to)
      expect(canonicalJson(definitionSchema.parse(parse(document.toString(yamlStyle))))).toBe(canonicalJson(to))
    }),
    { numRuns: 40 },
  )
})

test('the order is that of the schema, for every example', () => {
  for (const definition of definitions) expect(canonicalJson(inOrder(definition))).toBe(canonicalJson(definition))
})
