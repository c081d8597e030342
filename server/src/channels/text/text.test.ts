import { hash } from 'node:crypto'
import { factsOf, templateSchema, textChannels, type TextChannel } from '@throughline/contracts'
import Fastify from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeChannelWorld, until, type ChannelWorld } from '../../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { readContent } from '../messages/list.ts'
import { registerChannelRoutes } from '../index.ts'

let database: TestDatabase
let world: ChannelWorld
beforeAll(async () => {
  database = await makeTestDatabase()
  world = await makeChannelWorld(database.pool)
  world.sender.start()
})
afterAll(async () => {
  await world.stop()
  await database.drop()
})

const ann = {
  email: 'Ann@Example.com',
  phone: '0049 151 23456789',
  web_push_token: 'w1',
  app_push_token: 'a1',
  address: { street: 'Neue Str. 5', postalCode: '20095', city: 'Hamburg' },
}
const makeTemplate = (channel: TextChannel) =>
  templateSchema.parse({
    kind: 'template',
    id: channel,
    name: channel,
    channel,
    ...(factsOf(channel).medium === 'titled' && { title: 'Kept:  {{ event.properties.name }}' }),
    body: 'It waits, {{ profile.phone }}.',
    url: 'https://shop.example/cart',
  })

test('every channel of plain text sends to the sandbox under its own name, to whom a provider would be told', async () => {
  const person = await world.makePerson(ann)
  const recipients: Record<string, string> = {}
  for (const channel of textChannels) {
    await world.publish(makeTemplate(channel))
    const row = world.makeRow(person, { channel, template: channel, claimedBy: 'w1' })
    await world.send(row)
    const sent = await until(
      () => world.row(row.id),
      (found) => found['status'] === 'sent',
    )
    const content = await readContent(database.pool, row.shard, row.id)
    if (content === null || !('recipient' in content)) throw new Error(`${channel} kept no text`)
    const isTitled = factsOf(channel).medium === 'titled'
    expect([sent['provider'], sent['channel'], content.channel, content.title]).toEqual([
      'sandbox',
      channel,
      channel,
      isTitled ? 'Kept: Tea' : null,
    ])
    // The link comes by us first, and a text without a title ends with it.
    expect(content.url).toMatch(/^https:\/\/track\.shop\.example\/c\//)
    expect(content.body).toBe(`It waits, 0049 151 23456789.${isTitled ? '' : ` ${content.url}`}`)
    recipients[channel] = content.recipient
  }
  expect(recipients).toEqual({
    sms: '+4915123456789',
    whatsapp: '+4915123456789',
    'web-push': 'w1',
    'app-push': 'a1',
    'on-site': person,
    'ad-audience': hash('sha256', 'ann@example.com'),
    'direct-mail': 'Neue Str. 5, 20095 Hamburg',
  })
})

test('the preference page offers the channels that the shop has something to say by, and leaves what it did not offer as it is', async () => {
  await database.pool.query(`delete from definitions where id <> 'sms'`)
  await world.publish(makeTemplate('sms'), 2)
  const app = Fastify()
  await registerChannelRoutes(app, { ...world.deps, feed: world.feed })
  const person = await world.makePerson(ann)
  const url = new URL(world.deps.links.unsubscribe('https://shop.example', { profileId: person, id: 'm1' })).pathname
  const page = (await app.inject({ url })).body
  expect([...page.matchAll(/name="offered" value="([^"]+)"/g)].map(([, name]) => name)).toEqual(['email', 'inbox', 'sms', 'tracking'])
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  await app.inject({ method: 'POST', url, headers, payload: 'action=preferences&offered=email&email=on&offered=sms' })
  const { rows } = await database.pool.query('select channel, state from consents where profile_id = $1', [person])
  expect(rows).toEqual([{ channel: 'sms', state: 'withdrawn' }])
  await app.close()
})
