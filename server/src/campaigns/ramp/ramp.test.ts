import type { CampaignSend, SendAction } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { germans } from '../../pipeline/test/definitions.ts'
import { append, makeSameProfileIds, makeTestWorker, publish, until, untilTaken } from '../../pipeline/test/harness.ts'
import { conductSends } from '../index.ts'
import { makeCampaignWorld, type CampaignWorld } from '../test/campaign-world.ts'

let campaigns: CampaignWorld
let database: CampaignWorld['database']
let world: CampaignWorld['world']
let worker: CampaignWorld['worker']
let handlers: CampaignWorld['handlers']
const people = makeSameProfileIds('people', 150)
const newcomers = makeSameProfileIds('newcomers', 40)
const template = { kind: 'template', id: 'spring', name: 'Spring', channel: 'inbox', title: 'Spring', body: 'It is spring.' }
const hour = 3_600_000
const steps = [
  { percent: 10, for: '1 hour' },
  { percent: 50, for: '1 hour' },
]
const campaign = (id: string, more: object = {}) => ({
  kind: 'campaign',
  id,
  name: 'Spring sale',
  audience: { segment: 'germans' },
  message: { channel: 'inbox', template: 'spring' },
  ramp: { steps },
  ...more,
})

beforeAll(async () => {
  campaigns = await makeCampaignWorld()
  ;({ database, world, worker, handlers } = campaigns)
  await publish(database.pool, germans, template, { ...template, id: 'summer' })
  await live('DE', people)
  await worker.start()
  world.sender.start()
  await untilTaken(database.pool)
})
afterAll(async () => {
  await worker.stop()
  await campaigns.stop()
})

const live = (country: string, whom: readonly string[]) =>
  append(
    database.pool,
    whom.map((profileId) => ({ profileId, name: 'Identified', properties: { country }, type: 'identify' })),
  )
const caller = {
  auth: { kind: 'user', id: 'u1', name: 'ada@shop.example', role: 'editor' },
  audit: { note: () => undefined, commit: async () => undefined },
}
const act = async (id: string, action: SendAction) =>
  handlers.actOnSend({ params: { id, number: 1 }, body: { action }, ...caller } as never)
const look = async (id: string): Promise<CampaignSend> => (await handlers.campaign({ params: { id } } as never)).sends.at(-1)!
const conduct = () => conductSends(database.pool, 'Europe/Berlin', async () => [])
/** Lets so much time go by for a send. */
const later = (id: string, ms: number) =>
  database.pool.query(
    `update campaign_sends set starts_at = starts_at - $2::bigint, undo_until = undo_until - $2::bigint, staged_at = staged_at - $2::bigint,
       watched_at = watched_at - $2::bigint where campaign_id = $1`,
    [id, ms],
  )
async function begin(id: string, more: object = {}): Promise<void> {
  await publish(database.pool, campaign(id, more))
  await untilTaken(database.pool)
  await handlers.sendCampaign({ params: { id }, body: { properties: {} }, ...caller } as never)
  await later(id, 31_000)
}
async function untilSend(id: string, what: string, is: (send: CampaignSend) => boolean): Promise<CampaignSend> {
  let last = await look(id)
  await until(`${id} ${what}`, async () => {
    await conduct()
    last = await look(id)
    return is(last)
  })
  return last
}
const untilStage = (id: string, stage: number) =>
  untilSend(id, `in stage ${stage}, all of it`, ({ ramp }) => ramp?.stage === stage && ramp.nextAt !== null)
const untilDone = (id: string) => untilSend(id, 'done', ({ endedAt }) => endedAt !== null)
const adds = ({ audience, sent, heldBack, cancelled, underWay }: CampaignSend) =>
  expect(sent + heldBack + cancelled + underWay).toBe(audience)
const got = async (id: string): Promise<string[]> =>
  (
    await database.pool.query<{ profile_id: string }>(`select profile_id from messages where journey_id = $1 and status = 'sent'`, [
      `campaign:${id}`,
    ])
  ).rows.map((row) => row.profile_id)

test('it goes to some, then to more, then to all, each once, and to those who come meanwhile; nothing goes on before its time, also after a restart', async () => {
  await begin('ramp', { holdOut: { percent: 20 }, variants: [{ name: 'A' }, { name: 'B', template: 'summer' }] })
  const first = await untilStage('ramp', 1)
  adds(first)
  expect(first).toMatchObject({
    isWhole: false,
    actions: ['pause', 'send-all', 'cancel'],
    ramp: { stages: 3, percent: 10, isHalted: false },
  })
  expect(first.audience).toBeGreaterThan(2)
  expect(first.audience).toBeLessThan(40)
  expect(Math.abs(first.ramp!.nextAt! - Date.now() - hour)).toBeLessThan(0.1 * hour)
  for (let n = 0; n < 3; n++) await conduct()
  expect(await look('ramp')).toMatchObject({ ramp: { stage: 1 }, progress: { secondsLeft: null } })
  const [early] = [await got('ramp')]

  await worker.stop()
  await live('DE', newcomers)
  await later('ramp', hour)
  await conduct()
  worker = makeTestWorker(database.pool)
  await worker.start()
  await untilTaken(database.pool)
  const second = await untilStage('ramp', 2)
  adds(second)
  expect(second.ramp).toMatchObject({ stage: 2, percent: 50 })
  await later('ramp', hour)
  const done = await untilDone('ramp')
  adds(done)
  expect(done).toMatchObject({ audience: 190, isWhole: true, underWay: 0, cancelled: 0, ramp: { stage: 3, percent: 100, nextAt: null } })
  const all = await got('ramp')
  expect(new Set(all).size).toBe(all.length)
  expect(all.length).toBe(done.sent)
  expect(all).toEqual(expect.arrayContaining(early!))
  expect(done.reasons).toEqual([expect.objectContaining({ rule: 'hold-out', people: 190 - all.length })])
  await live('NL', newcomers)
  await untilTaken(database.pool)
})

test('too many bounces pause it with the reason; resumed, what went wrong before counts no more, and what goes wrong then stops it again', async () => {
  await begin('bounces', { ramp: { steps, stopAt: { atLeast: 3 } } })
  const stage = await untilStage('bounces', 1)
  const messages = await database.pool.query<{ id: string }>(`select id from messages where send_id = 'bounces#1' order by id`)
  expect(stage.sent).toBe(messages.rows.length)
  await database.pool.query(`update messages set status = 'bounced' where send_id = 'bounces#1' and id = any ($1::text[])`, [
    messages.rows.slice(0, 2).map(({ id }) => id),
  ])
  await later('bounces', hour)
  const held = await untilSend('bounces', 'to be held', ({ state }) => state === 'paused')
  expect(held).toMatchObject({ actions: ['resume', 'send-all', 'cancel'], ramp: { stage: 1, isHalted: true } })
  expect(held.note).toMatch(/^Held: of \d+ who got it, 2 bounced\. That is .* %, and more than 5 % stops this ramp\.$/)
  adds(held)
  for (let n = 0; n < 3; n++) await conduct()
  expect((await look('bounces')).audience).toBe(held.audience)

  await act('bounces', 'resume')
  const second = await untilStage('bounces', 2)
  expect(second.note).toBeNull()
  await database.pool.query(
    `insert into consents (shard, profile_id, channel, topic, state, source, at)
     select shard, profile_id, channel, '', 'withdrawn', 'test', sent_at + 1 from messages where send_id = 'bounces#1' and status = 'sent'
     order by created_at desc limit 20 on conflict do nothing`,
  )
  await later('bounces', 60_000)
  expect((await untilSend('bounces', 'to be held again', ({ state }) => state === 'paused')).note).toContain('took their consent back')
  await act('bounces', 'cancel')
  const over = await untilDone('bounces')
  adds(over)
  expect(over).toMatchObject({ audience: 150, isWhole: true, sent: second.sent, underWay: 0 })
  expect(over.cancelled).toBe(150 - second.sent - over.heldBack)
  await database.pool.query(`delete from consents where source = 'test'`)
})

test('sent to all by hand, it waits for no stage; paused meanwhile it stands still; a throttle holds in it', async () => {
  await begin('all', { perMinute: 6_000 })
  await untilStage('all', 1)
  await act('all', 'pause')
  await later('all', hour)
  await conduct()
  expect(await look('all')).toMatchObject({ state: 'paused', ramp: { stage: 1, isHalted: false, nextAt: null } })
  await expect(act('all', 'undo')).rejects.toMatchObject({ code: 'send_not_possible' })
  const { send } = await act('all', 'send-all')
  expect(send).toMatchObject({ state: 'sending', note: 'ada@shop.example let it go to all of the audience.', ramp: { isAll: true } })
  await expect(act('all', 'send-all')).rejects.toMatchObject({ code: 'send_not_possible' })
  const done = await untilDone('all')
  adds(done)
  expect(done).toMatchObject({ audience: 150, sent: 150 })
  expect(new Set(await got('all')).size).toBe(150)
})
