import { conditionSchema, type CampaignSend, type RouteResponse, type SendAction } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settings } from '../../test/channels.ts'
import { germans } from '../pipeline/test/definitions.ts'
import { append, makeProfileId, makeTestWorker, publish, until, untilTaken, type TestEvent } from '../pipeline/test/harness.ts'
import { clearResends, conductSends, decideWinners, makeCampaignHandlers } from './index.ts'
import { makeCampaignWorld, type CampaignWorld } from './test/campaign-world.ts'

let campaigns: CampaignWorld
let database: CampaignWorld['database']
let world: CampaignWorld['world']
let worker: CampaignWorld['worker']
let handlers: CampaignWorld['handlers']
const people = Array.from({ length: 120 }, (_, n) => makeProfileId(n < 70 ? 3 : undefined))
/** Whom history says to have reached the goal. */
let reached: readonly string[] = []
const askHistory = async <Row>() => reached.map((person) => ({ person }) as Row)
/** Every second one is from Germany: sixty. Of these ten are guests of honour, and five have withdrawn their consent. */
const inGermany = people.filter((_, n) => n % 2 === 0)
const honoured = inGermany.slice(0, 10)
const withdrawn = inGermany.slice(10, 15)
const vips = { kind: 'segment', id: 'vips', name: 'VIPs', where: { kind: 'trait', trait: 'vip', compare: { op: 'is', value: true } } }
const template = {
  kind: 'template',
  id: 'spring',
  name: 'Spring',
  channel: 'inbox',
  title: 'Spring',
  body: 'It is {{ event.properties.season }}.',
}
const campaign = (id: string, more: object = {}) => ({
  kind: 'campaign',
  id,
  name: 'Spring sale',
  audience: { segment: 'germans', except: ['vips'] },
  message: { channel: 'inbox', template: 'spring' },
  ...more,
})

beforeAll(async () => {
  campaigns = await makeCampaignWorld()
  ;({ database, world, worker, handlers } = campaigns)
  await publish(database.pool, germans, vips, template, { ...template, id: 'summer', name: 'Summer' })
  const say = (profileId: string, name: string, properties: object, type = 'track'): TestEvent => ({ profileId, name, properties, type })
  await append(database.pool, [
    ...people.map((id, n) =>
      say(id, 'Identified', { country: n % 2 === 0 ? 'DE' : 'NL', ...(honoured.includes(id) && { vip: true }) }, 'identify'),
    ),
    ...withdrawn.map((id) => say(id, 'Consent Changed', { channel: 'inbox', state: 'withdrawn' })),
  ])
  await worker.start()
  world.sender.start()
  await untilTaken(database.pool)
})
afterAll(async () => {
  await worker.stop()
  await campaigns.stop()
})

const caller = {
  auth: { kind: 'user', id: 'u1', name: 'ada@shop.example', role: 'editor' },
  audit: { note: () => undefined, commit: async () => undefined },
}
const send = async (id: string, body: object = {}): Promise<RouteResponse<'sendCampaign'>> =>
  handlers.sendCampaign({ params: { id }, body: { properties: {}, ...body }, ...caller } as never)
const act = async (id: string, number: number, action: SendAction): Promise<RouteResponse<'actOnSend'>> =>
  handlers.actOnSend({ params: { id, number }, body: { action }, ...caller } as never)
const stop = async (stopped: boolean) => handlers.setFullStop({ body: { stopped }, ...caller } as never)
const look = async (id: string, number = 1): Promise<CampaignSend> => {
  const { sends } = await handlers.campaign({ params: { id } } as never)
  return sends.find((one) => one.number === number)!
}
const conduct = () => conductSends(database.pool, 'Europe/Berlin', askHistory)
/** Lets the undo time of a send be over. */
const later = (id: string) =>
  database.pool.query('update campaign_sends set starts_at = starts_at - 30000, undo_until = undo_until - 30000 where campaign_id = $1', [
    id,
  ])
async function untilState(id: string, state: CampaignSend['state'], number = 1): Promise<CampaignSend> {
  let last = await look(id, number)
  await until(`${id} to be ${state}`, async () => {
    await conduct()
    last = await look(id, number)
    return last.state === state && (state !== 'done' && state !== 'cancelled' ? true : last.endedAt !== null)
  })
  return last
}
const got = async (id: string): Promise<string[]> =>
  (
    await database.pool.query<{ profile_id: string }>(`select profile_id from messages where journey_id = $1 and status = 'sent'`, [
      `campaign:${id}`,
    ])
  ).rows.map((row) => row.profile_id)
const adds = ({ audience, sent, heldBack, cancelled, underWay }: CampaignSend) =>
  expect(sent + heldBack + cancelled + underWay).toBe(audience)
/** Until the sender has looked at what lies in the outbox: what comes behind it in its shard, and everything stopped or not, goes out. */
async function untilLooked(): Promise<void> {
  await untilTaken(database.pool)
  const rows = people
    .slice(0, 80)
    .map((id) => world.makeRow(id, { channel: 'inbox', template: 'spring', lane: 1, purpose: 'transactional' }))
  await world.send(...rows)
  await until('what comes behind to go out', async () =>
    (await Promise.all(rows.map(({ id }) => world.row(id)))).every(({ status }) => status === 'sent'),
  )
}
const isHandedOver = async (id: string): Promise<number> =>
  (await database.pool.query(`select 1 from messages where journey_id = $1 and sent_at is not null`, [`campaign:${id}`])).rows.length

test('everybody in the audience gets it once or is held back for a reason, and it adds up, although the worker is stopped in the middle', async () => {
  await publish(database.pool, campaign('whole'))
  await untilTaken(database.pool)
  const { send: ordered, outcome } = await send('whole', { key: 'monday', properties: { season: 'May' } })
  expect([outcome, ordered.state, ordered.actions, ordered.by]).toEqual([
    'ordered',
    'scheduled',
    ['undo', 'pause', 'cancel'],
    'ada@shop.example',
  ])
  expect((await send('whole', { key: 'monday' })).outcome).toBe('repeated')
  await expect(send('whole')).rejects.toMatchObject({ code: 'campaign_under_way' })

  // In the time for undoing nothing comes about, whoever looks.
  await Promise.all([conduct(), conduct()])
  await untilTaken(database.pool)
  expect((await look('whole')).audience).toBe(0)

  await later('whole')
  await Promise.all([conduct(), conduct(), conduct()])
  await Promise.all([conduct(), conduct(), conduct()])
  await worker.stop()
  worker = makeTestWorker(database.pool)
  await worker.start()
  const done = await untilState('whole', 'done')
  expect(done).toMatchObject({ isWhole: true, audience: 60, sent: 45, heldBack: 15, cancelled: 0, underWay: 0, actions: [] })
  expect(done.reasons.map(({ rule, people: n }) => [rule, n])).toEqual([
    ['excluded', 10],
    ['consent', 5],
  ])
  const who = await got('whole')
  expect(who).toHaveLength(45)
  expect(new Set(who)).toEqual(new Set(inGermany.slice(15)))
  const told = (await world.events()).filter(
    ({ name, properties }) => name === 'Message Sent' && properties['journey'] === 'campaign:whole',
  )
  expect(told.map(({ properties }) => properties['send'])).toEqual(Array.from({ length: 45 }, () => 1))
  const { rows } = await database.pool.query<{ body: string }>('select distinct body from notifications')
  expect(rows.map(({ body }) => body)).toEqual(['It is May.'])
  expect(await handlers.campaigns()).toMatchObject({
    items: [{ id: 'whole', state: 'done', sentence: 'Notification inbox “Spring” to “Germans” but not “VIPs”, as soon as it is sent' }],
  })
})

test('a send is undone whole within its time, and not after it', async () => {
  await publish(database.pool, campaign('undone'))
  await send('undone')
  expect((await act('undone', 1, 'undo')).send).toMatchObject({
    state: 'undone',
    audience: 0,
    note: 'Undone by ada@shop.example; nobody got it.',
  })
  await later('undone')
  await conduct()
  await untilTaken(database.pool)
  expect(await isHandedOver('undone')).toBe(0)
  await send('undone')
  await later('undone')
  await expect(act('undone', 2, 'undo')).rejects.toMatchObject({ code: 'send_not_possible' })
  await act('undone', 2, 'cancel')
})

test('paused, nothing more is handed over, resumed it goes on, and cancelled everybody else counts as cancelled, also in the outbox', async () => {
  await publish(database.pool, campaign('halted', { perMinute: 1_200 }))
  await untilTaken(database.pool)
  await send('halted')
  await later('halted')
  // The button is pressed when some have come about already, and none of these was handed over.
  await database.pool.query(`insert into sending_holds (what, since, set_by) values ('halted#1', 0, 'test')`)
  await until('some to come about', async () => {
    await conduct()
    return (await look('halted')).underWay > 0
  })
  await act('halted', 1, 'pause')
  await untilLooked()
  const paused = await look('halted')
  expect(paused).toMatchObject({ state: 'paused', sent: 0, actions: ['resume', 'cancel'], note: 'Paused by ada@shop.example.' })
  adds(paused)
  await conduct()
  await untilTaken(database.pool)
  expect((await look('halted')).underWay).toBe(paused.underWay)
  await act('halted', 1, 'resume')
  await until('those in the outbox to go', async () => (await isHandedOver('halted')) >= paused.underWay)
  // One that was in the outbox when it was cancelled is called back from there.
  await database.pool.query(`insert into sending_holds (what, since, set_by) values ('halted#1', 0, 'test')`)
  await until('more to come about', async () => {
    await conduct()
    return (await look('halted')).underWay > 0
  })
  await act('halted', 1, 'pause')
  await act('halted', 1, 'cancel')
  const over = await untilState('halted', 'cancelled')
  expect(over).toMatchObject({ isWhole: true, audience: 60, underWay: 0, actions: [] })
  expect(over.cancelled).toBeGreaterThan(0)
  adds(over)
  expect(over.sent).toBe(await isHandedOver('halted'))
})

test('by each person’s clocks they wait for their time, and cancelled they wait no more', async () => {
  const at = new Date(Date.now() + 5 * 3_600_000).toISOString().slice(0, 16)
  await publish(database.pool, campaign('clocks', { when: { kind: 'once', at, zone: 'person' } }))
  await untilTaken(database.pool)
  // Where people are is read from history; here, where there is none, it is known at once.
  await database.pool.query(`update leaf_fills set status = 'done'`)
  await send('clocks')
  await later('clocks')
  await untilState('clocks', 'sending')
  await until('everybody to be looked at', async () => {
    await conduct()
    return (await look('clocks')).isWhole
  })
  const waiting = await look('clocks')
  expect(waiting).toMatchObject({ audience: 60, sent: 0, underWay: 50 })
  adds(waiting)
  await act('clocks', 1, 'cancel')
  await database.pool.query('update campaign_sends set recalled_at = 0')
  const over = await untilState('clocks', 'cancelled')
  expect(over).toMatchObject({ audience: 60, heldBack: 10, cancelled: 50, underWay: 0 })
})

const variants = [{ name: 'A' }, { name: 'B', template: 'summer' }]
const decide = () => decideWinners(database.pool, noHistory, 'EUR')
const noHistory = async (): Promise<never> => {
  throw new Error('clicks are known without history')
}
const choose = async (id: string, variant: string) =>
  handlers.chooseVariant({ params: { id, number: 1 }, body: { variant }, ...caller } as never)
/** Who got which template of a campaign, by what was handed over. */
const gotWhat = async (id: string): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await database.pool.query<{ profile_id: string; template: string; step: string }>(
    `select profile_id, template, step from messages where journey_id = $1 and sent_at is not null`,
    [`campaign:${id}`],
  )
  expect(new Set(rows.map((row) => row.profile_id)).size).toBe(rows.length)
  return new Map(rows.map((row) => [row.profile_id, `${row.step} ${row.template}`]))
}
const heldOut = ({ reasons }: CampaignSend): number => reasons.find(({ rule }) => rule === 'hold-out')?.people ?? 0

test('variants and a hold-out share the audience, nobody has two of them, and it adds up', async () => {
  await publish(database.pool, campaign('split', { variants, holdOut: { percent: 30 } }))
  await untilTaken(database.pool)
  await send('split')
  await later('split')
  const done = await untilState('split', 'done')
  adds(done)
  expect(done).toMatchObject({ isWhole: true, audience: 60, test: null })
  expect(heldOut(done)).toBeGreaterThan(0)
  expect(await handlers.campaign({ params: { id: 'split' } } as never)).toMatchObject({
    sentence: 'Notification inbox “Spring” or “Summer” to “Germans” but not “VIPs”, as soon as it is sent',
  })
  const given = await gotWhat('split')
  expect(given.size).toBe(done.sent)
  expect(new Set(given.values())).toEqual(new Set(['variant-1 spring', 'variant-2 summer']))
  const { rows } = await database.pool.query<{ profile_id: string; variant: string }>(
    `select profile_id, properties::jsonb ->> 'variant' as variant from inbox where name = 'Experiment Exposed' and properties::jsonb ->> 'journey' = 'campaign:split'`,
  )
  // Everybody who is not excluded was given something, also who had withdrawn their consent.
  expect(rows).toHaveLength(50)
  expect(rows.filter(({ variant }) => variant === 'hold-out')).toHaveLength(heldOut(done))
  for (const { profile_id: id, variant } of rows)
    if (given.has(id)) expect(given.get(id)).toBe(variant === 'A' ? 'variant-1 spring' : 'variant-2 summer')
})

test('a winner is found in the test and sent to the rest by itself, through a pause, and with too few to say a person chooses', async () => {
  const winner = { testPercent: 50, after: '1 hour', by: 'clicked', otherwise: 'ahead' }
  await publish(
    database.pool,
    campaign('winner', { variants, winner }),
    campaign('asks', { variants, winner: { ...winner, otherwise: 'ask' } }),
  )
  await untilTaken(database.pool)
  for (const id of ['winner', 'asks']) {
    await send(id)
    await later(id)
    await until('the test to be out', async () => {
      await conduct()
      const { test: now, underWay } = await look(id)
      return now?.phase === 'counting' && underWay === 0
    })
  }
  const tested = await look('winner')
  adds(tested)
  expect(tested).toMatchObject({ state: 'sending', isWhole: false, test: { winner: null, canChoose: true, decidesAt: expect.any(Number) } })
  expect(tested.audience).toBeLessThan(60)
  const first = await gotWhat('winner')
  expect(first.size).toBeGreaterThan(0)
  // Before its time nothing is decided, and nothing while it is paused.
  await decide()
  expect((await look('winner')).test).toMatchObject({ phase: 'counting' })
  await database.pool.query(`update messages set clicked_at = sent_at where step = 'variant-2' and journey_id = 'campaign:winner'`)
  await database.pool.query(`update campaign_sends set tested_at = tested_at - 3600000 where campaign_id in ('winner', 'asks')`)
  await act('winner', 1, 'pause')
  await decide()
  expect((await look('winner')).test).toMatchObject({ phase: 'counting', winner: null })
  await act('winner', 1, 'resume')
  await decide()
  expect((await look('winner')).test).toMatchObject({
    winner: 'B',
    canChoose: false,
    words: expect.stringMatching(/too few to say\. “B”, which is ahead/),
  })
  const done = await untilState('winner', 'done')
  adds(done)
  expect(done).toMatchObject({ isWhole: true, audience: 60, sent: 45, test: { phase: 'rest', winner: 'B' } })
  const all = await gotWhat('winner')
  for (const [id, what] of all) expect(what).toBe(first.get(id) ?? 'rest-2 summer')
  expect(all.size).toBe(45)

  // Nobody has clicked: the rest waits for a person.
  expect((await look('asks')).test).toMatchObject({
    phase: 'undecided',
    canChoose: true,
    words: expect.stringContaining('Choose what the rest gets'),
  })
  await conduct()
  await untilTaken(database.pool)
  expect((await look('asks')).audience).toBeLessThan(60)
  await expect(choose('asks', 'C')).rejects.toMatchObject({ code: 'variant_unknown' })
  await choose('asks', 'A')
  await expect(choose('asks', 'B')).rejects.toMatchObject({ code: 'send_not_possible' })
  await untilState('asks', 'done')
  const chosen = await look('asks')
  expect(chosen).toMatchObject({
    audience: 60,
    sent: 45,
    test: { winner: 'A', words: '“A” goes to the rest: chosen by ada@shop.example.' },
  })
  expect([...(await gotWhat('asks')).values()]).toContain('rest-1 spring')
})

test('chosen before the test is over, the rest follows at once; cancelled in the test, the rest counts as cancelled', async () => {
  const winner = { testPercent: 50, after: '1 hour', by: 'opened' }
  await publish(database.pool, campaign('early', { variants, winner }), campaign('ended', { variants, winner }))
  await untilTaken(database.pool)
  await expect(choose('early', 'A')).rejects.toMatchObject({ code: 'send_unknown' })
  for (const id of ['early', 'ended']) await send(id)
  await expect(choose('early', 'A')).rejects.toMatchObject({ code: 'send_not_possible' })
  for (const id of ['early', 'ended']) await later(id)
  await untilState('early', 'sending')
  await choose('early', 'B')
  expect(await untilState('early', 'done')).toMatchObject({ audience: 60, sent: 45, test: { phase: 'rest', winner: 'B' } })
  await until('its test to be out', async () => {
    await conduct()
    return (await look('ended')).test?.phase === 'counting'
  })
  await act('ended', 1, 'cancel')
  const over = await untilState('ended', 'cancelled')
  adds(over)
  expect(over).toMatchObject({
    isWhole: true,
    audience: 60,
    underWay: 0,
    test: { canChoose: false, words: expect.stringContaining('cancelled before') },
  })
  expect(over.sent).toBe((await gotWhat('ended')).size)
})

test('stopping everything holds campaigns, journeys and what lies in the outbox, until it is lifted', async () => {
  await publish(
    database.pool,
    campaign('stopped'),
    {
      kind: 'journey',
      id: 'greet',
      name: 'Greet',
      entry: { on: { event: 'Greeted' }, reentry: { kind: 'always' } },
      start: 'say',
      steps: { say: { kind: 'message', channel: 'inbox', template: 'spring' } },
    },
    { kind: 'journey', id: 'drained', name: 'Drained', entry: { on: { event: 'x' } }, start: 'end', steps: { end: { kind: 'exit' } } },
  )
  await send('stopped')
  await later('stopped')
  expect(await stop(true)).toMatchObject({ stopped: true, by: 'ada@shop.example', journeys: ['drained', 'greet'] })
  await untilTaken(database.pool)
  const row = world.makeRow(inGermany[20]!, { channel: 'inbox', template: 'spring', lane: 1 })
  await world.send(row)
  await append(database.pool, [{ profileId: inGermany[20]!, name: 'Greeted' }])
  await untilTaken(database.pool)
  for (let n = 0; n < 3; n++) await conduct()
  await untilLooked()
  expect((await look('stopped')).audience).toBe(0)
  expect((await world.row(row.id)).status).toBe('queued')
  expect((await database.pool.query(`select 1 from messages where journey_id = 'greet'`)).rows).toHaveLength(0)
  expect(await stop(false)).toMatchObject({ stopped: false, journeys: [] })
  await untilTaken(database.pool)
  await until('the message to go out', async () => (await world.row(row.id)).status === 'sent')
  await append(database.pool, [{ profileId: inGermany[20]!, name: 'Greeted' }])
  await until(
    'the journey to speak',
    async () => (await database.pool.query(`select 1 from messages where journey_id = 'greet'`)).rows.length === 1,
  )
  expect(await untilState('stopped', 'done')).toMatchObject({ audience: 60, sent: 45 })
})

test('a resend goes to those who did not answer, without who left, opted out, answered or bought since, under another title, and adds up', async () => {
  await publish(database.pool, campaign('again'))
  await untilTaken(database.pool)
  const resend = (number: number, body: object) =>
    handlers.resendCampaign({ params: { id: 'again', number }, body: { exceptGoal: true, ...body }, ...caller } as never)
  await expect(resend(1, { to: 'not-opened' })).rejects.toMatchObject({ code: 'send_unknown' })
  await send('again')
  await expect(resend(1, { to: 'not-opened' })).rejects.toMatchObject({ code: 'send_not_over' })
  await later('again')
  expect(await untilState('again', 'done')).toMatchObject({ audience: 60, sent: 45 })
  const [opened, clicked, left, optedOut, bought, answersLate] = inGermany.slice(15, 21) as [string, string, string, string, string, string]
  const touch = (id: string, what: string) =>
    database.pool.query(`update messages set ${what} = 1 where send_id = 'again#1' and profile_id = $1`, [id])
  await touch(opened, 'opened_at')
  await touch(clicked, 'clicked_at')
  reached = [bought, inGermany[0]!]
  await append(database.pool, [
    { profileId: left, name: 'Identified', properties: { country: 'NL' }, type: 'identify' },
    { profileId: optedOut, name: 'Consent Changed', properties: { channel: 'inbox', state: 'withdrawn' } },
  ])
  await untilTaken(database.pool)
  const { send: ordered } = await resend(1, { to: 'not-opened', subject: 'Still {{ event.properties.season }}?', key: 'once' })
  expect(ordered).toMatchObject({ number: 2, actions: ['undo', 'pause', 'cancel'], resend: { of: 1, to: 'not-opened' } })
  expect(await resend(1, { to: 'not-opened', key: 'once' })).toMatchObject({ outcome: 'repeated', send: { number: 2 } })
  await expect(resend(1, { to: 'not-clicked' })).rejects.toMatchObject({ code: 'campaign_under_way' })
  await later('again')
  // It begins, and one opens the first message before their turn.
  await untilState('again', 'sending', 2)
  const people = await database.pool.query<{ n: number }>(`select count(*) as n from campaign_people where send_id = 'again#2'`)
  expect(people.rows[0]!.n).toBe(43)
  const { send: second } = await act('again', 2, 'pause')
  expect(second.sent + second.underWay).toBeLessThan(43)
  await touch(answersLate, 'opened_at')
  await act('again', 2, 'resume')
  const done = await untilState('again', 'done', 2)
  adds(done)
  expect(done).toMatchObject({ isWhole: true, audience: 43, cancelled: 0, underWay: 0 })
  expect(done.reasons.map(({ rule, people: n }) => [rule, n]).toSorted()).toEqual([
    ['answered', 1],
    ['consent', 1],
    ['goal', 1],
    ['outside', 1],
  ])
  const second2 = await database.pool.query<{ profile_id: string; subject: string }>(
    `select profile_id, subject from messages where send_id = 'again#2' and status = 'sent'`,
  )
  expect(new Set(second2.rows.map((row) => row.profile_id))).toEqual(new Set(inGermany.slice(21)))
  expect(new Set(second2.rows.map((row) => row.subject))).toEqual(new Set(['Still ?']))
  await clearResends(database.pool, new AbortController().signal)
  expect((await database.pool.query('select 1 from campaign_people')).rows).toHaveLength(0)
  reached = []
})

test('a series orders its next send when it begins, and ends when the campaign is one no more', async () => {
  // Half a day away, so that its time does not come while the test runs.
  const at = new Date(Date.now() + 43_200_000).toISOString().slice(11, 16)
  await publish(database.pool, campaign('daily', { when: { kind: 'daily', at } }))
  await untilTaken(database.pool)
  const { send: first } = await send('daily')
  await database.pool.query(`update campaign_sends set starts_at = starts_at - 86400000 * 2, undo_until = null where campaign_id = 'daily'`)
  // Two days late: what it says would be out of date, and the next one goes out at its time.
  await conduct()
  expect(await look('daily', 1)).toMatchObject({ state: 'cancelled', audience: 0 })
  expect(await look('daily', 2)).toMatchObject({ state: 'scheduled', startsAt: first.startsAt })
  await publish(database.pool, campaign('daily', { when: { kind: 'daily', at }, archived: true }))
  await database.pool.query(`update campaign_sends set starts_at = 0 where campaign_id = 'daily' and number = 2`)
  await conduct()
  expect(await look('daily', 2)).toMatchObject({ state: 'cancelled', note: 'The campaign does not go out again and again any more.' })
  await expect(send('daily')).rejects.toMatchObject({ code: 'campaign_archived' })
})

test('the calendar shows what was sent, what a series will order, and audiences of journeys; others nearby stand in the estimate', async () => {
  const [day, hour] = [86_400_000, 3_600_000]
  const format = { timeZone: 'Europe/Berlin', weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  const shopClock = (at: number): string => new Intl.DateTimeFormat('en-GB', format).format(at).replace(',', '')
  await publish(
    database.pool,
    campaign('weekly', { when: { kind: 'weekly', on: ['monday'], at: '09:00' } }),
    campaign('planned', { when: { kind: 'once', at: new Date(Date.now() + 2 * day).toISOString() } }),
    {
      kind: 'journey',
      id: 'mailing',
      name: 'Mailing',
      entries: [{ kind: 'audience', segment: 'germans', when: { kind: 'daily', at: '10:00' } }],
      start: 'end',
      steps: { end: { kind: 'exit' } },
    },
    {
      kind: 'journey',
      id: 'own',
      name: 'By own clocks',
      entries: [{ kind: 'audience', segment: 'germans', when: { kind: 'daily', at: '10:00' }, zone: 'person' }],
      opens: new Date(Date.now() + 2 * day).toISOString(),
      closes: new Date(Date.now() + 5 * day).toISOString(),
      start: 'end',
      steps: { end: { kind: 'exit' } },
    },
    campaign('own-clocks', { when: { kind: 'weekly', on: ['monday'], at: '09:00', zone: 'person' } }),
  )
  await send('own-clocks')
  await send('weekly')
  const { items } = await handlers.calendar({ query: { from: Date.now() - day, to: Date.now() + 20 * day } } as never)
  const of = (id: string) => items.filter((one) => one.id === id)
  expect(of('whole')).toMatchObject([{ kind: 'campaign', number: 1, state: 'done' }])
  expect(of('undone').map(({ state }) => state)).toEqual(['cancelled'])
  expect(of('planned')).toMatchObject([{ number: null, state: null }])
  const weekly = of('weekly')
  expect(weekly.map(({ state }) => state).slice(0, 2)).toEqual(['scheduled', null])
  // A week of the shop's clocks, in which these may have been changed.
  expect(Math.round((weekly[1]!.at - weekly[0]!.at) / day)).toBe(7)
  expect(weekly.map(({ at }) => shopClock(at))).toEqual(weekly.map(() => 'Mon 09:00'))
  expect(weekly.map(({ what }) => what).slice(0, 2)).toEqual(['send', 'repeat'])
  expect(of('planned').map(({ what }) => what)).toEqual(['plan'])
  // By own clocks, what these show is told, and `at` is when the first of them do.
  const own = of('own-clocks')
  expect(own.length).toBeGreaterThan(1)
  for (const { at, slot, zone } of own) {
    expect(zone).toBe('person')
    expect(new Date(slot!).toISOString()).toMatch(/T09:00:00/)
    expect(slot! - at).toBe(14 * 3_600_000)
  }
  // A journey lets nobody in before it opens, and from when it closes.
  const bounded = of('own').map(({ what }) => what)
  expect([bounded[0], bounded.at(-1)]).toEqual(['opens', 'closes'])
  expect(bounded.filter((what) => what === 'audience')).toHaveLength(3)
  expect(
    of('own')
      .filter(({ what }) => what === 'audience')
      .every(({ at, slot }) => slot! - at === 14 * 3_600_000),
  ).toBe(true)
  const tens = Array.from({ length: 20 * 24 + 1 }, (_, n) => (Math.floor(Date.now() / hour) + n) * hour)
  const soon = tens.filter((at) => at > Date.now() && shopClock(at).endsWith('10:00'))
  expect(soon.length).toBeGreaterThan(18)
  expect(of('mailing').map(({ at }) => at)).toEqual(soon)
  expect(items.map(({ at }) => at)).toEqual(items.map(({ at }) => at).toSorted((a, b) => a - b))
  await expect(handlers.calendar({ query: { from: 0, to: Date.now() } } as never)).rejects.toMatchObject({ code: 'calendar_span' })

  const asked: { where: unknown; overlap: readonly string[]; purpose: string }[] = []
  const estimating = makeCampaignHandlers({
    pool: database.pool,
    settings: async () => settings,
    preview: async (body) => {
      asked.push(body)
      return {
        sentence: '',
        exact: true,
        margin: 0,
        people: 120,
        sample: null,
        currency: 'EUR',
        entrants: null,
        upTo: null,
        tookMs: 1,
        size: body.parts.length === 0 ? 10 : 50,
        reach: [{ channel: 'inbox', people: 45, exact: true, margin: 0, cost: 90 }],
        overlap: body.overlap.map((id) => ({ id, name: id, size: 60, both: 50, margin: 0 })),
      }
    },
    ask: async () => [],
  })
  const definition = campaign('new', { when: { kind: 'once', at: new Date(Date.now() + 3 * day).toISOString() }, perMinute: 10 })
  const found = await estimating.estimateCampaign({ body: { definition, overlapDays: 2 }, signal: new AbortController().signal } as never)
  expect(found).toMatchObject({ audience: 60, excluded: 10, reachable: 45, cost: 90, seconds: 270 })
  expect(found.heldOut).toBe(0)
  const held = { ...definition, holdOut: { percent: 20 } }
  expect(
    await estimating.estimateCampaign({ body: { definition: held, overlapDays: 2 }, signal: new AbortController().signal } as never),
  ).toMatchObject({ audience: 60, heldOut: 9, reachable: 36, cost: 72 })
  expect(found.overlaps.find((one) => one.campaign === 'planned')).toMatchObject({ name: 'Spring sale', both: 50 })
  expect(asked.slice(0, 2).map(({ overlap }) => overlap)).toEqual([['germans'], []])
  // What people must be told reaches those too who agreed to nothing.
  expect(asked.map(({ purpose }) => purpose)).not.toContain('transactional')
  const recall = { ...definition, message: { ...definition.message, purpose: 'transactional' as const } }
  await estimating.estimateCampaign({ body: { definition: recall, overlapDays: 2 }, signal: new AbortController().signal } as never)
  expect(asked.at(-1)).toMatchObject({ purpose: 'transactional' })
  // A send that began long ago is nearby as long as it goes on.
  expect(found.overlaps.map((one) => one.campaign)).not.toContain('whole')
  await database.pool.query(`update campaign_sends set starts_at = 1, state = 'paused' where campaign_id = 'whole'`)
  const later = await estimating.estimateCampaign({ body: { definition, overlapDays: 2 }, signal: new AbortController().signal } as never)
  expect(later.overlaps.at(-1)).toEqual({ campaign: 'whole', name: 'Spring sale', at: 1, both: 50, margin: 0 })
  await database.pool.query(`update campaign_sends set starts_at = started_at, state = 'done' where campaign_id = 'whole'`)
  const body = { to: 'not-clicked', exceptGoal: true }
  const again = await estimating.estimateResend({ params: { id: 'whole', number: 1 }, body, signal: new AbortController().signal } as never)
  expect(again).toMatchObject({ audience: 45, meant: 45, reachable: 45, cost: 90 })
  expect(conditionSchema.safeParse(asked.at(-1)?.where).error).toBeUndefined()
})
