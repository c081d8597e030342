import fc from 'fast-check'
import { Liquid } from 'liquidjs'
import { expect, test } from 'vitest'
import { quicken } from './quicken.ts'

const engine = new Liquid({
  templates: {},
  ownPropertyOnly: true,
  strictFilters: true,
  outputEscape: (value) => `<${JSON.stringify(value)}>`,
})
const bare = new Liquid({ templates: {}, ownPropertyOnly: true, strictFilters: true })

const path = fc.constantFrom(
  'a',
  'a.b',
  'a.b.c',
  'list',
  'list[0]',
  'list[1].b',
  'list.size',
  'list.first.b',
  'list.last',
  'a["b"]',
  'a[key]',
  'item',
  'item.b',
  'missing.of.all',
  'a.size',
  'text.size',
  'a.constructor',
  'forloop.index',
  '"quoted"',
  '4.5',
  'true',
  'nil',
  'empty',
  '(1..3)',
)
const filter = fc.constantFrom(
  '',
  ' | default: "none"',
  ' | default: a.b',
  ' | default: nil, allow_false: true',
  ' | upcase',
  ' | append: item.b',
  ' | plus: 2',
  ' | times: a.n',
  ' | join: ", "',
  ' | map: "b" | join',
  ' | where: "b", 1 | size',
  ' | sort | first',
  ' | sort: "b" | last',
  ' | split: " " | size',
  ' | date: "%Y"',
  ' | raw',
  ' | slice: 0, 2',
  ' | json',
)
const output = fc.tuple(path, filter, filter).map(([from, one, two]) => `{{ ${from}${one}${two} }}`)
const { piece } = fc.letrec<{ piece: string }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 3 },
    { weight: 5, arbitrary: output },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        'text ',
        '<b>&"',
        ' {{- a.b -}} ',
        '{% assign item = a.b %}',
        '{% assign a = list %}',
        '{% break %}',
        '{% raw %}{{ a }}{% endraw %}',
      ),
    },
    fc.tuple(tie('piece'), tie('piece')).map(([body, other]) => `{% for item in list limit:2 %}${body}{% else %}${other}{% endfor %}`),
    fc
      .tuple(path, tie('piece'), tie('piece'))
      .map(([on, body, other]) => `{% if ${on} == 1 or ${on} %}${body}{% elsif a.b %}x{% else %}${other}{% endif %}`),
    fc.tuple(path, tie('piece')).map(([on, body]) => `{% case ${on} %}{% when 1 %}${body}{% else %}-{% endcase %}`),
    tie('piece').map((body) => `{% capture item %}${body}{% endcapture %}{{ item }}`),
    tie('piece').map((body) => `{% unless a.b %}${body}{% endunless %}`),
  ),
}))
const value = fc.constantFrom<unknown>(null, 0, 1, 2.5, '', 'tea & cup', false, [], [1, 'b'], { c: 'deep' }, '2026-01-02')
const data = fc.record(
  {
    a: fc.oneof(value, fc.record({ b: value, n: fc.constantFrom(1, 2) })),
    list: fc.oneof(value, fc.array(fc.oneof(value, fc.record({ b: value })), { maxLength: 3 })),
    item: value,
    text: fc.constantFrom('four words stand here', ''),
    key: fc.constantFrom('b', 'c'),
  },
  { requiredKeys: [] },
)

test('renders whatever LiquidJS renders, and fails where it fails', () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), data, fc.boolean(), (pieces, variables, isBare) => {
      const liquid = isBare ? bare : engine
      const source = pieces.join('')
      const render = (isQuick: boolean): string => {
        try {
          const parsed = liquid.parse(source)
          if (isQuick) quicken(parsed)
          return String(liquid.renderSync(parsed, structuredClone(variables)))
        } catch (error) {
          return `failed: ${(error as Error).message}`
        }
      }
      expect(render(true)).toBe(render(false))
    }),
    { numRuns: 2_000 },
  )
})

test('a text of many blanks before a sign takes no time by the square of their number', async () => {
  const { compileTemplate } = await import('./compile.ts')
  const template = await compileTemplate({
    kind: 'template',
    id: 't',
    name: 't',
    channel: 'email',
    subject: 's',
    html: '<p>{{ event.name }}</p>',
  })
  const name = `x${' '.repeat(200_000)}x`
  // By the square it would take minutes, and the test end before.
  const { text } = template.render({ event: { name } }, { zone: 'UTC', locale: 'en', currency: 'EUR' })
  expect(text).toBe(name)
})
