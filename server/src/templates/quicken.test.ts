import fc from 'fast-check'
import { Context, Liquid } from 'liquidjs'
import { expect, test } from 'vitest'
import { quicken, TextEmitter } from './quicken.ts'

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
  'blank',
  '(1..3)',
  '(a.n..3)',
  'a[list[0]]',
  'list[a.n].b',
  'forloop.last',
  'forloop.rindex0',
  'forloop.name',
  'forloop.next',
  'forloop.constructor',
  'forloop',
  'a.toString',
  '["a"].b',
  '[key]',
)
const comparison = fc.constantFrom(
  '==',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  'contains',
  'and',
  'or',
  '== 1 or',
  'and not',
  '==',
  '!= nil and',
  '<>',
  'x',
)
const test1 = fc.oneof(
  path,
  path.map((from) => `not ${from}`),
  fc.tuple(path, comparison, path).map((parts) => parts.join(' ')),
  fc.tuple(path, comparison, path, comparison, path).map((parts) => parts.join(' ')),
  fc.tuple(path, comparison).map((parts) => parts.join(' ')),
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
const condition = fc.tuple(test1, filter).map((parts) => parts.join(''))
const modifiers = fc
  .subarray([
    'limit: 2',
    'limit: a.n',
    'offset: 1',
    'offset: continue',
    'offset: a.n',
    'reversed',
    'other: key',
    'limit: text',
    'limit: (1..2)',
  ])
  .map((parts) => parts.join(' '))
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
        '{% continue %}',
        '{% comment %}{{ a }}{% endcomment %}',
        '{% assign item = nil %}',
        '{% assign list = a.b | default: list | reverse %}',
        '{% increment n %}{% decrement m %}',
        '{% cycle a.b, "x", item %}',
        '{% echo a.b | append: key %}',
        '{% liquid\nassign item = list\nfor x in list\necho x\nendfor %}',
        '{% assign item = forloop.index0 %}',
      ),
    },
    fc.tuple(tie('piece'), tie('piece')).map(([body, other]) => `{% for item in list limit:2 %}${body}{% else %}${other}{% endfor %}`),
    fc
      .tuple(path, tie('piece'), tie('piece'))
      .map(([on, body, other]) => `{% if ${on} == 1 or ${on} %}${body}{% elsif a.b %}x{% else %}${other}{% endif %}`),
    fc.tuple(path, tie('piece')).map(([on, body]) => `{% case ${on} %}{% when 1 %}${body}{% else %}-{% endcase %}`),
    tie('piece').map((body) => `{% capture item %}${body}{% endcapture %}{{ item }}`),
    tie('piece').map((body) => `{% unless a.b %}${body}{% endunless %}`),
    fc
      .tuple(path, modifiers, tie('piece'), tie('piece'), fc.constantFrom('item', 'a', 'forloop'))
      .map(([of, how, body, other, name]) => `{% for ${name} in ${of} ${how} %}${body}{% else %}${other}{% endfor %}`),
    fc
      .tuple(condition, tie('piece'), condition, tie('piece'), tie('piece'))
      .map(([on, one, or, two, other]) => `{% if ${on} %}${one}{% elsif ${or} %}${two}{% else %}${other}{% endif %}`),
    fc
      .tuple(condition, tie('piece'), condition, tie('piece'), tie('piece'))
      .map(([on, one, or, two, other]) => `{% unless ${on} %}${one}{% elsif ${or} %}${two}{% else %}${other}{% endunless %}`),
    fc
      .tuple(condition, path, path, path, tie('piece'), tie('piece'), tie('piece'))
      .map(
        ([on, a, b, c, one, two, other]) =>
          `{% case ${on} %}{% when ${a}, ${b} %}${one}{% when ${c} or ${a} %}${two}{% else %}${other}{% endcase %}`,
      ),
    fc.tuple(condition, filter).map(([of, how]) => `{% assign item = ${of}${how} %}{{ item }}`),
    tie('piece').map((body) => `{% tablerow item in list cols:2 %}${body}{% endtablerow %}`),
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
  let rendered = 0
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), data, fc.boolean(), (pieces, variables, isBare) => {
      const liquid = isBare ? bare : engine
      const source = pieces.join('')
      const render = (how: 'plain' | 'inside' | 'whole'): string => {
        try {
          const parsed = liquid.parse(source)
          const write = how === 'plain' ? null : quicken(parsed)
          const given = structuredClone(variables)
          if (how !== 'whole' || write === null) return String(liquid.renderSync(parsed, given))
          const emitter = new TextEmitter()
          write(new Context(given, liquid.options, { sync: true }, { liquid }), emitter)
          return emitter.buffer
        } catch (error) {
          const { name, message } = error as Error
          return `failed: ${name} ${message}`
        }
      }
      const plain = render('plain')
      if (!plain.startsWith('failed')) rendered += 1
      expect(render('inside')).toBe(plain)
      expect(render('whole')).toBe(plain)
    }),
    { numRuns: 2_000 },
  )
  // Else nearly nothing but failures would have been compared.
  expect(rendered).toBeGreaterThan(1_000)
})

test('a loop that runs away ends at the time there is for it', () => {
  const engineOf = new Liquid({ renderLimit: 30 })
  const write = quicken(engineOf.parse('{% for a in (1..100000) %}{% for b in (1..100000) %}{{ b }}{% endfor %}{% endfor %}'))
  expect(() => write(new Context({}, engineOf.options, { sync: true }, { liquid: engineOf }), new TextEmitter())).toThrow(/render limit/)
})

test('a text of many blanks before a sign takes no time by the square of their number', { timeout: 30_000 }, async () => {
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
