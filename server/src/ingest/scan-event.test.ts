import { lanes } from '@throughline/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEvent, type CallFrame } from './read-event.ts'
import { readScanned, scanBatch, scanSingle } from './scan-event.ts'

const frame: CallFrame = {
  source: 'web',
  receivedAt: Date.parse('2026-05-01T10:00:00Z'),
  raw: '',
  escapes: true,
  sentAt: undefined,
  context: undefined,
  lane: lanes.live,
  triggers: true,
}
const usual = {
  messageId: 'm-1',
  anonymousId: 'visitor-1',
  userId: null,
  event: 'Product Viewed',
  timestamp: '2026-05-01T09:59:00.000Z',
  sentAt: '2026-05-01T09:59:30.000Z',
  properties: { price: 59.9, count: -3, zero: 0, on: true, off: null, name: 'Größe "M" \\ \n 👟', list: [1, { a: [] }] },
  context: { page: { path: '/' }, library: { name: 'x' } },
  integrations: { All: true },
}
const scanned = (text: string) => {
  const found = scanSingle(text, Buffer.from(text))
  return found && readScanned(found, 'track', frame)
}
const parsed = (text: string) => {
  const read = readEvent(JSON.parse(text), 'track', { ...frame, raw: text })
  return read.kind === 'event' ? read.event : null
}

// Values, and the many ways in which JSON may write them; also what JSON does not allow.
const token = fc.constantFrom(
  '0',
  '-0',
  '1',
  '12.5',
  '12.50',
  '1e3',
  '1E-2',
  '01',
  '1.',
  '-',
  '9007199254740993',
  '0.0000001',
  '123456789012345.5',
  'true',
  'null',
  'fals',
  '""',
  '"a"',
  '"\\u0041"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\/"',
  '"\\n\\t\\""',
  '"é👟"',
  '"\\x"',
  '"a\tb"',
  '"a',
  '[]',
  '[1,]',
  '{}',
)
const name = fc.constantFrom('"a"', '"b"', '"c.d"', '"7"', '"__proto__"', '""', '"\\u0061"', '"traits"', '"é"', `"${'n'.repeat(201)}"`)
const space = fc.constantFrom('', '', '', '', ' ', '\n')
const value: fc.Arbitrary<string> = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, token, tie('list'), tie('object')),
  list: fc.tuple(space, fc.array(tie('value'), { maxLength: 3 })).map(([gap, items]) => `[${items.join(`,${gap}`)}]`),
  object: fc
    .tuple(space, fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }))
    .map(([gap, items]) => `{${items.map(([key, item]) => `${key}:${gap}${item}`).join(',')}}`),
})).value
const field = fc.constantFrom(
  'type',
  'messageId',
  'event',
  'userId',
  'anonymousId',
  'timestamp',
  'sentAt',
  'properties',
  'context',
  'other',
)

describe('readScanned', () => {
  it('reads an event of the usual make without parsing it, and makes the same of it', () => {
    const text = JSON.stringify(usual)
    expect(scanned(text)).not.toBeNull()
    expect(scanned(text)).toEqual(parsed(text))
    expect(scanned(text)!.properties).toBe(JSON.stringify(usual.properties))
  })

  it('makes of whatever it reads the same as parsing does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(field, value), { maxLength: 4 }), fc.boolean(), (changes, keep) => {
        const fields: [string, string][] = Object.entries(usual).map(([key, item]) => [key, JSON.stringify(item)])
        for (const [key, item] of changes) {
          const at = keep ? -1 : fields.findIndex(([known]) => known === key)
          if (at === -1) fields.push([key, item])
          else fields[at] = [key, item]
        }
        const text = `{${fields.map(([key, item]) => `"${key}":${item}`).join(',')}}`
        const found = scanned(text)
        if (found) expect(found).toEqual(parsed(text))
      }),
      { numRuns: 5_000 },
    )
  })

  it.each(['name', 'category'])('leaves a page call with %s beside its properties to be parsed', (label) => {
    const text = JSON.stringify({ ...usual, [label]: 'Shoes' })
    const found = scanSingle(text, Buffer.from(text))
    expect(found && readScanned(found, 'page', frame)).toBeNull()
  })
})

describe('scanBatch', () => {
  it('finds the events of a batch, and what stands beside them', () => {
    const second = { type: 'identify', traits: { a: 1 } }
    const text = `{ "sentAt":"now", "batch" : [${JSON.stringify(usual)} , ${JSON.stringify(second)}],"context":{"batch":[1]}}`
    const found = scanBatch(text, Buffer.from(text))!
    expect(found.events.map(({ text }) => JSON.parse(text) as unknown)).toEqual([usual, second])
    expect(found.events[0]!.usual).not.toBeNull()
    expect(JSON.parse(found.rest)).toEqual({ sentAt: 'now', batch: [], context: { batch: [1] } })
  })

  it('finds the same events as parsing does, whatever the text', () => {
    const member = fc.tuple(
      fc.constantFrom('"batch"', '"bat\\u0063h"', '"sentAt"', '""'),
      space,
      fc.oneof(
        value,
        fc.array(value).map((all) => `[${all.join(',')}]`),
      ),
    )
    fc.assert(
      fc.property(fc.array(member, { maxLength: 4 }), fc.constantFrom('', ' ', ',', '}'), (members, tail) => {
        const text = `{${members.map(([key, gap, item]) => `${key}:${gap}${item}`).join(',')}}${tail}`
        const found = scanBatch(text, Buffer.from(text))
        if (!found) return
        const read = (part: string): unknown => {
          try {
            return JSON.parse(part) as unknown
          } catch {
            return 'unreadable'
          }
        }
        const events = found.events.map((event) => read(event.text))
        const whole = read(text)
        if (whole === 'unreadable') expect([...events, read(found.rest)]).toContain('unreadable')
        else expect({ ...(read(found.rest) as object), batch: events }).toEqual(whole)
      }),
      { numRuns: 3_000 },
    )
  })

  it.each(['{"batch":[1]}', '{"batch":[{}],"batch":[]}', '{"batch":{}}', '{"batch":[{}]', '[]', '{"bat\\u0063h":[]}', '{}'])(
    'leaves %s to be parsed',
    (text) => {
      expect(scanBatch(text, Buffer.from(text))).toBeNull()
    },
  )
})
