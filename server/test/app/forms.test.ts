import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { journeySchema, type JsonObject } from '@throughline/contracts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../../../console/test/browser.ts'
import { findServer } from '../../src/cli/api-client.ts'
import { applyFiles } from '../../src/cli/apply.ts'

import { followRehearsal } from '../../src/cli/rehearse.ts'
import { makeSecrets, readSecretKey } from '../../src/platform/secrets/index.ts'
import { makePlace, type Place, type TestApp } from './start-app.ts'

let place: Place
let app: TestApp

const email = { name: 'email', label: 'E-mail', type: 'email', required: true } as const
const quick = {
  id: 'quick',
  name: 'Quick',
  fields: [
    email,
    { name: 'size', label: 'Size', type: 'choice', options: ['S', 'M'], trait: 'shoe_size' },
    { name: 'age', label: 'Age', type: 'number' },
    { name: 'born', label: 'Birthday', type: 'date' },
    { name: 'news', label: 'News, please', type: 'checkbox' },
    { name: 'terms', label: 'The terms', type: 'checkbox', required: true },
  ],
  consents: [{ channel: 'email', field: 'news', wording: 'News once a week' }],
  thanks: 'Thanks & bye.',
} as const
const double = {
  id: 'double',
  name: 'Double',
  fields: [email, { name: 'first_name', label: 'First name', trait: 'first_name' }],
  consents: [{ channel: 'email', wording: 'News once a week' }],
  confirmation: { template: 'confirm', thanks: 'You are in.' },
  redirect: 'https://shop.example/thanks',
} as const
const template = {
  kind: 'template',
  id: 'confirm',
  name: 'Confirm',
  channel: 'email',
  subject: 'Is it you, {{ event.properties.first_name }}?',
  html: '<p><a href="{{ confirm_url }}">Yes</a></p>',
  text: 'Yes: {{ confirm_url }}',
}
const entered = (id: string, entry: object) => ({
  kind: 'journey',
  id,
  name: id,
  entries: [entry],
  reentry: { kind: 'always' },
  start: 'end',
  steps: { end: { kind: 'exit' } },
})
const submitted = entered('submitted', {
  kind: 'form',
  form: 'quick',
  where: [{ property: 'size', compare: { op: 'is', value: 'M' } }],
})
const confirmed = entered('confirmed', { kind: 'form', form: 'double', on: 'confirmed' })

beforeAll(async () => {
  place = await makePlace()
  app = await place.start()
  await app.call('applyDefinitions', { body: { definitions: [template] } })
  await app.call('createForm', { body: quick as never })
  await app.call('createForm', { body: double as never })
  await app.call('applyDefinitions', { body: { definitions: [submitted, confirmed] } })
}, 180_000)
afterAll(() => place?.remove())

const submit = async (form: string, values: object, headers: Record<string, string> = {}) => {
  const response = await fetch(`${app.address}/v1/forms/${form}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'Test/1', origin: 'https://shop.example', ...headers },
    body: JSON.stringify(values),
  })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as JsonObject & { problems?: { field: string; message: string }[] },
  }
}
const post = (form: string, values: Record<string, string>) =>
  fetch(`${app.address}/v1/forms/${form}`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(values) })
const ask = <T>(sql: string, values: unknown[] = []): Promise<T[]> =>
  place.database.pool.query<T & Record<string, unknown>>(sql, values).then(({ rows }) => rows)
const passed = async (id: string) => (await app.call('journey', { params: { id } })).edges.find((one) => one.id === 'entry')?.count ?? 0
const consentOf = async (address: string) =>
  (
    await ask<{ state: string; source: string; wording: string | null }>(
      `select c.state, c.source, c.wording from consents c join identifiers i on i.profile_id = c.profile_id where i.value = $1::text and c.channel = 'email'`,
      [address],
    )
  )[0]
const personOf = async (address: string) =>
  (await ask<{ profile_id: string }>('select profile_id from identifiers where value = $1::text', [address]))[0]!.profile_id
const eventsOf = async (name: string) =>
  ask<{ properties: JsonObject; context: JsonObject }>(
    `select properties::jsonb as properties, context::jsonb as context from inbox where name = $1::text order by seq`,
    [name],
  )
const sumOf = async (id: string) => {
  const { submissions, asked, confirmed: done } = await app.call('form', { params: { id } })
  return { submissions, asked, confirmed: done }
}
const linkTo = async (address: string): Promise<string> => {
  const sent = () => ask<{ id: string }>(`select id from messages where address = $1::text and status = 'sent'`, [address])
  await expect.poll(sent, { timeout: 60_000 }).toHaveLength(1)
  const [{ id }] = (await sent()) as [{ id: string }]
  const { content } = await app.call('message', { params: { id } })
  return app.address + (content?.channel === 'email' ? /\/f\/[\w-]+/.exec(content.text)![0] : '')
}

test(
  'a submission is an event with its values, sets traits, gives the consent that was ticked, and starts a journey by what it says',
  { timeout: 180_000 },
  async () => {
    const said = { email: ' Ann@Shop.com ', size: 'M', age: '41', born: '1985-02-03', news: 'on', terms: 'on', other: 'x' }
    const answer = await submit('quick', { ...said, message_id: 'one', anonymous_id: 'device-1', page_url: 'https://shop.example/sale' })
    expect(answer.body).toEqual({ success: true, status: 'taken', message: 'Thanks & bye.', redirect: null })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    const [event] = await eventsOf('Form Submitted')
    expect(event!.properties).toEqual({
      form_id: 'quick',
      email: 'ann@shop.com',
      size: 'M',
      age: 41,
      born: '1985-02-03',
      news: true,
      terms: true,
    })
    expect(event!.context).toEqual({ ip: expect.any(String), userAgent: 'Test/1', page: { url: 'https://shop.example/sale' } })
    expect(await consentOf('ann@shop.com')).toEqual({ state: 'granted', source: 'form quick', wording: 'News once a week' })
    await expect.poll(() => passed('submitted'), { timeout: 60_000 }).toBe(1)
    const person = await app.call('person', { params: { id: await personOf('ann@shop.com') } })
    expect(Object.fromEntries(person.traits.map(({ name, value }) => [name, value]))).toMatchObject({
      shoe_size: 'M',
      email: 'ann@shop.com',
    })
    expect(person.identifiers).toContainEqual(expect.objectContaining({ kind: 'anonymous_id', value: 'device-1' }))

    // Sent again by a browser that heard no answer.
    expect((await submit('quick', { ...said, message_id: 'one' })).status).toBe(200)
    expect((await submit('quick', { email: 'bo@shop.com', size: 'S', terms: true })).status).toBe(200)
    expect(await consentOf('bo@shop.com')).toBeUndefined()
    expect(await sumOf('quick')).toEqual({ submissions: 2, asked: 0, confirmed: 0 })
    // A page that tracks the event by itself counts likewise; it is no submission that was kept here.
    await app.send('track', { userId: 'cy', event: 'Form Submitted', properties: { form_id: 'quick', size: 'M' } })
    await expect.poll(() => passed('submitted'), { timeout: 60_000 }).toBe(2)
    const rehearse = async () => {
      const { entries, people } = await followRehearsal(findServer({ dataDir: place.dataDir }), journeySchema.parse(submitted), 7)
      return { entries, people }
    }
    // History follows a moment later.
    await expect.poll(rehearse, { timeout: 60_000, interval: 500 }).toEqual({ entries: 2, people: 2 })
  },
)

test('what is wrong is said by field, and nothing is kept of it, nor of what fills in the trap', async () => {
  const before = (await eventsOf('Form Submitted')).length
  const { status, body } = await submit('quick', { email: 'nobody', size: 'XL', age: 'old', born: '2026-02-30', news: 'maybe' })
  expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'form_invalid' })
  expect(body.problems!.map(({ field, message }) => `${field}: ${message}`)).toEqual([
    'email: E-mail: please give an e-mail address, such as ann@shop.com.',
    'size: Size: please give S, M.',
    'age: Age: please give a number, such as 12 or 12.5.',
    'born: Birthday: please give a day, such as 2026-12-31.',
    'news: News, please: please give on or off.',
    'terms: The terms has to be ticked.',
  ])
  expect((await submit('quick', { terms: true })).body.problems).toEqual([
    expect.objectContaining({ field: 'email', message: 'E-mail is missing.' }),
  ])
  expect((await submit('quick', { email: 'a\u0000b@shop.com', terms: true })).status).toBe(400)
  expect((await submit('none', {})).body['code']).toBe('form_unknown')
  expect((await submit('quick', {}, { 'content-type': 'multipart/form-data; boundary=x' })).body['code']).toBe('form_body_unreadable')
  expect((await submit('quick', { email: 'x'.repeat(70_000) })).status).toBe(413)
  expect((await submit('quick', { email: 'bot@shop.com', terms: true, website_url: 'https://spam.example' })).body).toMatchObject({
    success: true,
  })
  expect(await eventsOf('Form Submitted')).toHaveLength(before)
})

test('a plain form gets pages: thanks, where the form leads, and what is wrong', async () => {
  const thanks = await post('quick', { email: 'di@shop.com', terms: 'on' })
  expect({ status: thanks.status, type: thanks.headers.get('content-type') }).toEqual({ status: 200, type: 'text/html; charset=utf-8' })
  expect(await thanks.text()).toContain('Thanks &amp; bye.')
  const wrong = await post('quick', { email: '<b>', page_url: 'https://shop.example/"x' })
  expect(wrong.status).toBe(400)
  const page = await wrong.text()
  expect(page).toContain('E-mail: please give an e-mail address')
  expect(page).toContain('href="https://shop.example/&quot;x"')
  const led = await post('double', { email: 'plain@shop.com' })
  expect([led.status, led.headers.get('location')]).toEqual([303, 'https://shop.example/thanks'])
})

test(
  'with a confirmation the consent is given by pressing the button behind the link, once, and by nothing else',
  { timeout: 180_000 },
  async () => {
    // Whoever left comes back by their own word: the address gets marketing again.
    await app.send('identify', { userId: 'ed', traits: { email: 'ed@shop.com' } })
    const id = await personOf('ed@shop.com')
    await app.call('setConsent', { params: { id }, body: { channel: 'email', topic: '', state: 'withdrawn', source: 'call' } as never })
    expect(await ask(`select reason from suppressions where address = 'ed@shop.com'`)).toEqual([{ reason: 'unsubscribed' }])
    // Without the link nobody brings them back, since anybody may type their address.
    await submit('quick', { email: 'ed@shop.com', terms: true, news: true })
    expect(await ask(`select reason from suppressions where address = 'ed@shop.com'`)).toHaveLength(1)

    const answer = await submit('double', { email: 'ed@shop.com', first_name: 'Ed', message_id: 'ed-1' })
    expect(answer.body).toMatchObject({ status: 'confirm', redirect: 'https://shop.example/thanks' })
    const link = await linkTo('ed@shop.com')
    for (const method of ['GET', 'HEAD', 'GET']) expect((await fetch(link, { method })).status).toBe(200)
    expect(await (await fetch(link)).text()).toContain('<form method="post"><button>Confirm</button></form>')
    expect(await sumOf('double')).toMatchObject({ confirmed: 0 })
    expect(await ask(`select reason from suppressions where address = 'ed@shop.com'`)).toHaveLength(1)
    // A client may not say it in the place of the person.
    await app.send('track', { userId: 'ed', event: 'Form Confirmed', properties: { form_id: 'double' } })

    const pages = await Promise.all([1, 2, 3].map(async () => (await fetch(link, { method: 'POST' })).text()))
    for (const page of [...pages, await (await fetch(link)).text()]) expect(page).toContain('You are in.')
    expect(await consentOf('ed@shop.com')).toEqual({
      state: 'granted',
      source: 'form double, confirmed by e-mail',
      wording: 'News once a week',
    })
    expect(await ask(`select reason from suppressions where address = 'ed@shop.com'`)).toEqual([])
    expect(await sumOf('double')).toMatchObject({ confirmed: 1 })
    await expect.poll(() => passed('confirmed'), { timeout: 60_000 }).toBe(1)
    const own = (await eventsOf('Form Confirmed')).filter(({ properties }) => properties['email'] !== undefined)
    expect(own).toEqual([
      {
        properties: { form_id: 'double', email: 'ed@shop.com', first_name: 'Ed' },
        context: expect.objectContaining({ ip: expect.any(String) }),
      },
    ])
    const { items } = await app.call('formSubmissions', { params: { id: 'double' } })
    expect(items.find(({ person }) => person?.id === id)).toMatchObject({ confirmedAt: expect.any(Number), askedUntil: expect.any(Number) })
  },
)

test('a link that is forged, expired, or of somebody who was forgotten says so and confirms nothing', { timeout: 180_000 }, async () => {
  await submit('double', { email: 'flo@shop.com', message_id: 'flo-1' })
  const link = await linkTo('flo@shop.com')
  const secrets = makeSecrets(readSecretKey(place.dataDir))
  const sign = (purpose: string, payload: string, at: number) => `${app.address}/f/${secrets.signToken(purpose, payload, at)}`
  const late = sign('form-confirmation', 'double\nflo-1', Date.now() - 1)
  for (const method of ['GET', 'POST']) {
    expect((await fetch(late, { method })).status).toBe(410)
    for (const forged of [
      `${link}x`,
      link.slice(0, -2) + (link.endsWith('AA') ? 'BB' : 'AA'),
      sign('unsubscribe', 'double\nflo-1', 0),
      sign('form-confirmation', 'double\nnone', 0),
    ])
      expect((await fetch(forged, { method })).status).toBe(404)
  }
  expect(await consentOf('flo@shop.com')).toBeUndefined()
  // No more than three links an hour go to one address.
  for (const n of [2, 3]) expect((await submit('double', { email: 'flo@shop.com', message_id: `flo-${n}` })).status).toBe(200)
  expect((await submit('double', { email: 'FLO@shop.com' })).body['code']).toBe('too_many_requests')
  await ask('delete from form_submissions where address = $1::text', ['flo@shop.com'])
  expect((await fetch(link, { method: 'POST' })).status).toBe(404)
})

test('a form that cannot work is refused with the field, and one that starts a journey is not deleted', async () => {
  const make = (more: object) => app.call('createForm', { body: { ...quick, id: 'bad', name: 'Bad', consents: [], ...more } as never })
  await expect(make({ fields: [{ ...email, required: false }] })).rejects.toThrow('at least one required field of the type email or phone')
  await expect(make({ fields: [email, email] })).rejects.toThrow('fields[1].name')
  await expect(make({ fields: [email, { name: 'website_url', label: 'x' }] })).rejects.toThrow('fields[1].name')
  await expect(make({ consents: [{ channel: 'email', field: 'size' }] })).rejects.toThrow('consents[0].field')
  await expect(make({ redirect: 'javascript:alert(1)' })).rejects.toThrow('redirect')
  await expect(make({ confirmation: { template: 'none' } })).rejects.toThrow('form_template_unfit')
  await expect(app.call('deleteForm', { params: { id: 'quick' } })).rejects.toThrow('This form starts the journey "submitted"')
  const missing = { ...submitted, id: 'missing', entries: [{ kind: 'form', form: 'nowhere' }] }
  await expect(app.call('applyDefinitions', { body: { definitions: [missing] } })).rejects.toThrow('form "nowhere", which does not exist')
  expect(await app.call('applyDefinitions', { body: { definitions: [missing], forms: ['nowhere'], dryRun: true } })).toMatchObject({
    dryRun: true,
  })
})

test('a file makes a form beside the template it names and the journey that it starts, and once more changes nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'forms '))
  const form = { kind: 'form', ...double, id: 'filed', name: 'Filed', confirmation: { template: 'filed-mail' } }
  const all = [form, { ...template, id: 'filed-mail' }, entered('filed', { kind: 'form', form: 'filed', on: 'confirmed' })]
  writeFileSync(join(folder, 'all.json'), JSON.stringify(all))
  const server = findServer({ dataDir: place.dataDir })
  const changes = async (dryRun = false) =>
    (await applyFiles(server, [folder], { dryRun })).results.map(({ kind, change }) => `${kind} ${change}`).sort()
  expect(await changes(true)).toEqual(['form new', 'journey new', 'template new'])
  expect(await changes()).toEqual(['form new', 'journey new', 'template new'])
  expect(await changes()).toEqual(['form unchanged', 'journey unchanged', 'template unchanged'])
  writeFileSync(join(folder, 'all.json'), JSON.stringify([{ ...form, thanks: 'Many thanks.' }]))
  expect(await changes()).toEqual(['form changed'])
  expect((await app.call('form', { params: { id: 'filed' } })).usedIn).toEqual([{ kind: 'journey', id: 'filed', name: 'filed' }])
  writeFileSync(join(folder, 'all.json'), JSON.stringify([{ ...form, confirmation: { template: 'none' } }]))
  await expect(changes()).rejects.toThrow(/This form stays as it was:\n.*all\.json:1:\d+ .*none/)
  rmSync(folder, { recursive: true })
})

let browser: Browser | undefined
let shop: Server | undefined
afterAll(async () => {
  await browser?.close()
  shop?.close()
})

test(
  'on a page of the shop the script shows what is wrong beside the field, thanks in place, and knows the visitor',
  { timeout: 180_000 },
  async () => {
    browser = await openBrowser()
    const { html: written } = await app.call('form', { params: { id: 'quick' } })
    // The workspace of a test knows no port.
    const html = written.replaceAll(/http:\/\/127\.0\.0\.1:0/g, app.address)
    shop = createServer((_, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end(`<!doctype html><title>Shoes</title><body>${html.replaceAll(' required', '')}</body>`)
    })
    await new Promise<void>((resolve) => shop!.listen(0, '127.0.0.1', resolve))
    const page = await browser.newPage()
    // Another origin than the server's, as in life.
    await page.goto(`http://localhost:${(shop.address() as AddressInfo).port}/sale`)
    await page.evaluate(`localStorage.setItem('ajs_anonymous_id', '"device-9"')`)
    await page.getByLabel('Age').fill('9')
    await page.getByLabel('Size').selectOption('M')
    await page.getByLabel('News, please').check()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('E-mail is missing.').waitFor()
    expect(await page.getByLabel('E-mail').getAttribute('aria-invalid')).toBe('true')
    expect(await page.getByText('The terms has to be ticked.').count()).toBe(1)
    expect(await page.getByLabel('Leave this empty').isVisible()).toBe(false)
    await page.getByLabel('E-mail').fill('gil@shop.com')
    await page.getByLabel('The terms').check()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Thanks & bye.').waitFor()
    expect(await page.getByRole('button', { name: 'Send' }).isVisible()).toBe(false)
    const last = (await eventsOf('Form Submitted')).find(({ properties }) => properties['email'] === 'gil@shop.com')
    expect(last).toMatchObject({
      properties: { age: 9, size: 'M', news: true },
      context: { page: { url: expect.stringContaining('/sale') } },
    })
    expect(await ask(`select 1 from identifiers where kind = 'anonymous_id' and value = 'device-9'`)).toHaveLength(1)
  },
)

test('one address may send so much a minute', { timeout: 180_000 }, async () => {
  const states: number[] = []
  // Twice as many as a minute may have, since one may end meanwhile.
  for (let n = 0; n < 100 && states.at(-1) !== 429; n++) states.push((await submit('quick', {})).status)
  expect(states.at(-1)).toBe(429)
})
