import type { TemplateOf } from '@throughline/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkTemplate, makeVariables, renderOptionsOf, renderTemplate } from './index.ts'
import type { RenderOptions } from './rendered.ts'

const german: RenderOptions = { zone: 'Europe/Berlin', locale: 'de-DE', currency: 'EUR' }
const base = { kind: 'template', id: 'cart', name: 'Cart', channel: 'email' } as const

function email(fields: Partial<TemplateOf<'email'>>): TemplateOf<'email'> {
  return { ...base, subject: 'Your cart', ...fields }
}

describe('an e-mail', () => {
  test('fills in person and event, and escapes values in HTML but not in the subject and the text', async () => {
    const rendered = await renderTemplate<'email'>(
      email({ subject: 'Hi {{ profile.first_name }}', html: '<p>Hi {{ profile.first_name }}, {{ event.properties.name }}</p>' }),
      { profile: { first_name: 'Tom & <b>Ann</b>' }, event: { properties: { name: 'Tea' } } },
      german,
    )
    expect(rendered.subject).toBe('Hi Tom & <b>Ann</b>')
    expect(rendered.html).toBe('<p>Hi Tom &amp; &lt;b&gt;Ann&lt;/b&gt;, Tea</p>')
    expect(rendered.text).toBe('Hi Tom & <b>Ann</b>, Tea')
  })

  test('writes money in the currency and manner of the person, from major and from minor units', async () => {
    const rendered = await renderTemplate<'email'>(
      email({
        html: '{{ a | money }}|{{ a | money: "JPY" }}|{{ b | money_minor }}|{{ c | money_minor: "JPY" }}|{{ none | money | default: "free" }}',
      }),
      { a: 1234.5, b: 199, c: 500 },
      german,
    )
    expect(rendered.html.replaceAll('\u00a0', ' ')).toBe('1.234,50 €|1.235 ¥|1,99 €|500 ¥|free'.replaceAll('¥', '¥'))
  })

  test('writes dates in the zone of the person', async () => {
    const at = Date.UTC(2026, 2, 1, 23, 30)
    const rendered = await renderTemplate<'email'>(
      email({
        html: '{{ at | date: "%d.%m.%Y %H:%M" }}|{{ at | local_date }}|{{ at | local_time }}|{{ none | date: "%d" }}|{{ at | date: "%H", "UTC" }}',
      }),
      { at },
      german,
    )
    expect(rendered.html).toBe('02.03.2026 00:30|2. März 2026|00:30||23')
  })

  test('writes lists as people say them', async () => {
    const rendered = await renderTemplate<'email'>(
      email({ html: '{{ items | map: "name" | limit: 3 | list }} / {{ items | map: "name" | list: "or" }}' }),
      { items: [{ name: 'Tee' }, { name: 'Kaffee' }, { name: 'Kakao' }] },
      german,
    )
    expect(rendered.html).toBe('Tee, Kaffee und Kakao / Tee, Kaffee oder Kakao')
  })

  test('made of MJML keeps loops around elements, values in attributes, and comparisons', async () => {
    const mjml = `<mjml><mj-body>
      {% for item in event.properties.items %}{% if item.price < 10 %}
      <mj-section><mj-column><mj-text>{{ item.name }}</mj-text><mj-button href="{{ item.url }}">Buy</mj-button></mj-column></mj-section>
      {% endif %}{% endfor %}
    </mj-body></mjml>`
    const rendered = await renderTemplate<'email'>(
      email({ mjml }),
      {
        event: {
          properties: {
            items: [
              { name: 'Tea', price: 4, url: 'https://shop.example/tea?a=1&b=2' },
              { name: 'Ring', price: 400, url: 'x' },
              { name: 'Bun', price: 2, url: 'https://shop.example/bun' },
            ],
          },
        },
      },
      german,
    )
    expect(rendered.html.match(/Buy/g)).toHaveLength(2)
    expect(rendered.html).toContain('href="https://shop.example/tea?a=1&amp;b=2"')
    expect(rendered.html).not.toContain('Ring')
    expect(rendered.html).not.toMatch(/\{%|\{\{|lqz/)
    expect(rendered.text).toContain('Tea')
    expect(rendered.text).toContain('https://shop.example/bun')
    expect(rendered.text).not.toContain('Ring')
  })

  test('puts its preheader before everything a reader sees', async () => {
    const rendered = await renderTemplate<'email'>(
      email({ html: '<html><body class="x"><p>Body</p></body></html>', preheader: 'For {{ profile.name }}' }),
      { profile: { name: '<Ann>' } },
      german,
    )
    expect(rendered.html).toMatch(/<body class="x"><div style="display:none[^>]*>For &lt;Ann&gt;<\/div><p>/)
  })

  test('fails as a whole when its subject comes out empty', async () => {
    await expect(
      renderTemplate<'email'>(email({ subject: '{{ profile.first_name }}', html: '<p>x</p>' }), { profile: {} }, german),
    ).rejects.toThrow(/subject: came out empty/)
  })

  test('keeps line ends out of the subject, whatever a value holds', async () => {
    const rendered = await renderTemplate<'email'>(
      email({ subject: 'A {{ profile.x }}', html: 'b' }),
      { profile: { x: 'b\r\nBcc: all@example.com\0' } },
      german,
    )
    expect(rendered.subject).toBe('A b Bcc: all@example.com')
  })
})

describe('limits', () => {
  test('a runaway loop ends in an error instead of an endless rendering', async () => {
    const html = '{% for a in (1..10000000) %}{% for b in (1..10000000) %}x{% endfor %}{% endfor %}'
    await expect(renderTemplate<'email'>(email({ html }), {}, german)).rejects.toThrow(/limit/)
  })

  test('no file can be read and no prototype reached', async () => {
    await expect(renderTemplate<'email'>(email({ html: '{% include "/etc/passwd" %}' }), {}, german)).rejects.toThrow()
    const rendered = await renderTemplate<'email'>(
      email({ html: '[{{ profile.constructor }}{{ profile.__proto__ }}{{ "x".constructor }}]' }),
      { profile: { id: 'a' } },
      german,
    )
    expect(rendered.html).toBe('[]')
  })
})

describe('an inbox card', () => {
  const card = { kind: 'template', id: 'card', name: 'Card', channel: 'inbox' } as const
  test('shows only addresses of the web', async () => {
    const definition = { ...card, title: 'Hi', body: 'There', url: '{{ event.properties.url }}', image: '{{ event.properties.image }}' }
    const bad = await renderTemplate<'inbox'>(
      definition,
      { event: { properties: { url: 'javascript:alert(1)', image: '//evil.example/x.png' } } },
      german,
    )
    expect(bad).toMatchObject({ url: null, image: null })
    const good = await renderTemplate<'inbox'>(
      definition,
      { event: { properties: { url: 'https://shop.example/a', image: '/b.png' } } },
      german,
    )
    expect(good).toMatchObject({ url: 'https://shop.example/a', image: '/b.png' })
  })
})

describe('a webhook', () => {
  const hook = {
    kind: 'template',
    id: 'hook',
    name: 'Hook',
    channel: 'webhook',
    url: 'https://shop.example/hook',
    method: 'POST',
    headers: {},
  } as const
  const body =
    '{"name": "{{ profile.name }} of {{ profile.city }}", "total": {{ event.properties.total }}, "tags": {{ event.properties.tags | json }}, "missing": {{ profile.none }}, "list": [{% for t in event.properties.tags %}{{ t }}{% unless forloop.last %},{% endunless %}{% endfor %}]}'

  test('is JSON whatever the values hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string(),
        fc.string({ unit: 'binary' }),
        fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
        fc.array(fc.string(), { maxLength: 3 }),
        async (name, city, total, tags) => {
          const rendered = await renderTemplate<'webhook'>(
            { ...hook, body },
            { profile: { name, city }, event: { properties: { total, tags } } },
            german,
          )
          expect(JSON.parse(rendered.body)).toEqual(
            JSON.parse(JSON.stringify({ name: `${name} of ${city}`, total: total ?? null, tags, missing: null, list: tags })),
          )
        },
      ),
      { numRuns: 100 },
    )
  })

  test('that does not come out as JSON fails with the text that broke it', async () => {
    await expect(
      renderTemplate<'webhook'>({ ...hook, body: '{"a": {{ profile.a }} {{ profile.a }}}' }, { profile: { a: 1 } }, german),
    ).rejects.toThrow(/not JSON/)
  })
})

describe('checking before publishing', () => {
  test('finds nothing wrong with a good template', async () => {
    expect(
      await checkTemplate(
        email({
          mjml: '<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ profile.first_name | default: "there" }}</mj-text></mj-column></mj-section></mj-body></mjml>',
        }),
      ),
    ).toEqual([])
  })

  test.each([
    ['a tag that is never closed', { html: '<p>\n {% if profile.a %}x</p>' }, 'html', /line:2, col:2/],
    ['a filter that does not exist', { html: '{{ profile.a | shout }}' }, 'html', /shout/],
    ['Liquid that cannot be read in the subject', { subject: 'Hi {{ profile.name', html: 'x' }, 'subject', /not closed/],
    ['both bodies', { html: 'x', mjml: '<mjml></mjml>' }, 'html', /exactly one/],
    [
      'an MJML element that does not exist',
      { mjml: '<mjml><mj-body><mj-section><mj-column><mj-txt>Hi</mj-txt></mj-column></mj-section></mj-body></mjml>' },
      'mjml',
      /mj-txt/,
    ],
    ['a subject that is empty for somebody without a name', { subject: '{{ profile.first_name }}', html: 'x' }, 'subject', /empty/],
  ])('names %s, with its place', async (_what, fields, field, message) => {
    const problems = await checkTemplate(email(fields))
    expect(problems[0]).toMatchObject({ field, message: expect.stringMatching(message) as unknown })
  })
})

test('zone, locale and currency follow the person and the event where they are valid, and the shop where they are not', () => {
  const settings = { name: 'Shop', baseUrl: 'https://s.example', zone: 'Europe/Paris', locale: 'fr', currency: 'EUR' }
  expect(
    renderOptionsOf({
      traits: { timezone: 'Asia/Tokyo', language: 'ja_JP' },
      message: { event: { properties: { currency: 'jpy' } } },
      settings,
    }),
  ).toEqual({ zone: 'Asia/Tokyo', locale: 'ja-JP', currency: 'JPY' })
  expect(renderOptionsOf({ traits: { timezone: 'Mars/Base', locale: '!!' }, message: {}, settings })).toEqual({
    zone: 'Europe/Paris',
    locale: 'fr',
    currency: 'EUR',
  })
})

test('a trait called id cannot pose as another person', () => {
  const settings = { name: 'Shop', baseUrl: 'https://s.example', zone: 'UTC', locale: 'en', currency: 'EUR' }
  expect(makeVariables({ profileId: 'p1', traits: { id: 'p2' }, message: {}, settings, unsubscribeUrl: 'u' })).toMatchObject({
    profile: { id: 'p1' },
  })
})
