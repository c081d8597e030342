import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { segmentSchema } from '@throughline/contracts'
import { definitionYaml } from './definition-yaml.ts'

const segment = segmentSchema.parse({
  kind: 'segment',
  id: 'loyal',
  name: 'Loyal: the best',
  where: {
    kind: 'all',
    of: [
      {
        kind: 'event',
        event: 'Order Completed',
        where: [{ property: 'total', compare: { op: 'at-least', value: 50 } }],
        times: { op: 'at-least', n: 2 },
        within: '30 days',
      },
      { kind: 'not', of: { kind: 'trait', trait: 'country', compare: { op: 'is', value: 'NO' } } },
    ],
  },
})

it('writes a file that reads back as the same definition', () => {
  expect(segmentSchema.parse(parse(definitionYaml(segment)))).toEqual(segment)
})

it('puts short parts into one line', () => {
  expect(definitionYaml(segment)).toContain('compare: { op: at-least, value: 50 }')
  expect(definitionYaml(segment)).toContain('  kind: all\n')
})
