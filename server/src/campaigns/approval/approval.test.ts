import type { ApprovalDetails, CampaignSend, RouteResponse } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { germans } from '../../pipeline/test/definitions.ts'
import { append, makeProfileId, publish, until, untilTaken } from '../../pipeline/test/harness.ts'
import type { Caller } from '../../platform/http/index.ts'
import { conductSends } from '../index.ts'
import { makeCampaignWorld, type CampaignWorld } from '../test/campaign-world.ts'

let campaigns: CampaignWorld
let database: CampaignWorld['database']
let world: CampaignWorld['world']
let worker: CampaignWorld['worker']
let handlers: CampaignWorld['handlers']
const people = Array.from({ length: 40 }, () => makeProfileId())
const template = { kind: 'template', id: 'spring', name: 'Spring', channel: 'inbox', title: 'Spring', body: 'It is spring.' }
const campaign = (id: string, more: object = {}) => ({
  kind: 'campaign',
  id,
  name: 'Spring sale',
  audience: { segment: 'germans' },
  message: { channel: 'inbox', template: 'spring' },
  ...more,
})
const ada: Caller = { kind: 'user', id: 'u-ada', name: 'ada@shop.example', role: 'editor' }
const bea: Caller = { kind: 'user', id: 'u-bea', name: 'bea@shop.example', role: 'editor' }
const cem: Caller = { kind: 'user', id: 'u-cem', name: 'cem@shop.example', role: 'admin' }
const keyOf = (user: Caller): Caller => ({ kind: 'api-key', id: `k-${user.id}`, name: 'CI', role: 'admin', madeBy: user.id })
const environmentKey: Caller = { kind: 'api-key', id: 'k-env', name: 'THROUGHLINE_API_KEY', role: 'admin', madeBy: null }

beforeAll(async () => {
  campaigns = await makeCampaignWorld()
  ;({ database, world, worker, handlers } = campaigns)
  await publish(database.pool, germans, template)
  await identify()
  await worker.start()
  world.sender.start()
  await untilTaken(database.pool)
  await ruled({ above: 0, by: 'editor' })
})
afterAll(async () => {
  await worker.stop()
  await campaigns.stop()
})

const identify = () =>
  append(
    database.pool,
    people.map((profileId) => ({ profileId, name: 'Identified', properties: { country: 'DE' }, type: 'identify' })),
  )
async function ruled(approval: { above: number; by: 'editor' | 'admin' } | null): Promise<void> {
  await database.pool.query(
    `update workspace set settings = settings || jsonb_build_object('approval', $1::jsonb), definitions_epoch = definitions_epoch + 1`,
    [JSON.stringify(approval)],
  )
  await publish(database.pool)
  await untilTaken(database.pool)
}
const noted: object[] = []
const audit = { note: (details: object) => void noted.push(details), commit: async () => undefined }
const asWho = (auth: Caller) => ({ auth, audit })
const send = async (id: string, who: Caller = ada, body: object = {}): Promise<CampaignSend> =>
  (await handlers.sendCampaign({ params: { id }, body: { properties: {}, ...body }, ...asWho(who) } as never)).send
const details = async (id: string, who: Caller = bea, number = 1): Promise<ApprovalDetails> =>
  handlers.sendApproval({ params: { id, number }, ...asWho(who) } as never)
const decide = async (id: string, who: Caller, decision: 'approve' | 'refuse' = 'approve', number = 1, note?: string) => {
  const { digest } = await details(id, who, number)
  const body = { decision, digest, ...(note !== undefined && { note }) }
  return handlers.decideApproval({ params: { id, number }, body, ...asWho(who) } as never) as Promise<RouteResponse<'decideApproval'>>
}
const ask = async (id: string, who: Caller, number = 1) => handlers.askApproval({ params: { id, number }, ...asWho(who) } as never)
const act = async (id: string, action: string, number = 1) =>
  handlers.actOnSend({ params: { id, number }, body: { action }, ...asWho(ada) } as never)
const look = async (id: string, number = 1): Promise<CampaignSend> => {
  const { sends } = await handlers.campaign({ params: { id } } as never)
  return sends.find((one) => one.number === number)!
}
const conduct = () => conductSends(database.pool, 'Europe/Berlin', async () => [])
/** Lets so much time go by for a campaign's sends. */
const later = (id: string, ms = 31_000) =>
  database.pool.query(
    'update campaign_sends set starts_at = starts_at - $2::bigint, undo_until = undo_until - $2::bigint where campaign_id = $1 and ended_at is null',
    [id, ms],
  )
async function untilState(id: string, state: CampaignSend['state'], number = 1): Promise<CampaignSend> {
  let last = await look(id, number)
  await until(`${id} to be ${state}, it is ${last.state}`, async () => {
    await conduct()
    last = await look(id, number)
    return last.state === state && (state !== 'done' || last.endedAt !== null)
  })
  return last
}
async function published(...definitions: readonly object[]): Promise<void> {
  await publish(database.pool, ...definitions)
  await untilTaken(database.pool)
}

test('nobody approves what they asked for, by no key either, and a key approves nothing; another person does, and it goes out', async () => {
  await published(campaign('own'))
  const ordered = await send('own')
  expect([ordered.state, ordered.approval?.state, ordered.approval?.people, ordered.actions]).toEqual([
    'waiting',
    'asked',
    40,
    ['undo', 'cancel'],
  ])
  await later('own')
  await conduct()
  expect((await look('own')).state).toBe('waiting')
  await expect(decide('own', ada)).rejects.toMatchObject({ code: 'approval_own' })
  await expect(decide('own', keyOf(ada))).rejects.toMatchObject({ code: 'approval_people_only' })
  await expect(decide('own', keyOf(bea))).rejects.toMatchObject({ code: 'approval_people_only' })
  expect(await details('own', ada)).toMatchObject({ mayDecide: false, mayAsk: false, since: null })
  expect(await details('own', bea)).toMatchObject({ mayDecide: true, whyNot: null, people: 40 })
  expect((await decide('own', bea, 'approve', 1, 'Well said.')).approval).toMatchObject({
    state: 'approved',
    decidedBy: bea.name,
    note: 'Well said.',
  })
  expect(noted.at(-1)).toMatchObject({ subject: 'own#1', after: { decision: 'approve', askedBy: ada.name, note: 'Well said.' } })
  expect((await untilState('own', 'done')).sent).toBe(40)

  // By a key that ada made it is hers; of a key that nobody stands behind, somebody with an account has to ask.
  expect((await send('own', keyOf(ada))).approval?.state).toBe('asked')
  await expect(decide('own', ada, 'approve', 2)).rejects.toMatchObject({ code: 'approval_own' })
  await act('own', 'undo', 2)
  expect((await send('own', environmentKey)).approval).toMatchObject({ state: 'open' })
  await expect(decide('own', bea, 'approve', 3)).rejects.toMatchObject({ code: 'approval_none' })
  await expect(ask('own', environmentKey, 3)).rejects.toMatchObject({ code: 'approval_people_only' })
  await ask('own', bea, 3)
  await expect(decide('own', bea, 'approve', 3)).rejects.toMatchObject({ code: 'approval_own' })
  await decide('own', ada, 'approve', 3)
  await later('own')
  expect((await untilState('own', 'done', 3)).sent).toBe(40)
})

test('of two who approve at once one does, and who refuses ends it with a reason', async () => {
  await published(campaign('race'))
  await send('race')
  const outcomes = await Promise.allSettled([decide('race', bea), decide('race', cem), decide('race', bea), decide('race', cem, 'refuse')])
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(1)
  for (const one of outcomes) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'approval_none' })
  await act('race', 'cancel').catch(() => undefined)

  await published(campaign('no'))
  await send('no')
  await decide('no', bea, 'refuse', 1, 'The price is wrong.')
  const refused = await look('no')
  expect([refused.state, refused.approval?.state, refused.endedAt === null]).toEqual(['cancelled', 'refused', false])
  expect(refused.note).toContain('The price is wrong.')
})

test('a change of what it says or to whom makes the approval void, before it goes out and while it does; whoever asks anew answers for it', async () => {
  await published(campaign('void', { perMinute: 60 }))
  await send('void')
  await decide('void', bea)
  await published({ ...template, body: 'It is winter.' })
  await conduct()
  const voided = await look('void')
  expect([voided.state, voided.approval?.state]).toEqual(['waiting', 'open'])
  expect(voided.approval?.note).toContain('The template “Spring” was changed after bea@shop.example had approved it.')
  await expect(decide('void', cem)).rejects.toMatchObject({ code: 'approval_none' })
  expect((await details('void', cem)).changes).toEqual([
    {
      kind: 'template',
      id: 'spring',
      name: 'Spring',
      change: 'changed',
      places: [{ field: 'body', before: 'It is spring.', after: 'It is winter.' }],
      more: 0,
    },
  ])
  // Who changed it asks, and so does not decide.
  await ask('void', bea)
  await expect(decide('void', bea)).rejects.toMatchObject({ code: 'approval_own' })
  const { digest } = await details('void', ada)
  await published({ ...germans, name: 'Germany' })
  await expect(
    handlers.decideApproval({ params: { id: 'void', number: 1 }, body: { decision: 'approve', digest }, ...asWho(ada) } as never),
  ).rejects.toMatchObject({ code: 'approval_outdated' })
  await ask('void', bea)
  await decide('void', ada)
  await later('void')
  await until('it to go out', async () => {
    await conduct()
    return (await look('void')).sent > 0
  })
  await published({ ...template, body: 'It is autumn.' })
  await conduct()
  const held = await look('void')
  expect([held.state, held.approval?.state, held.startedAt === null]).toEqual(['waiting', 'open', false])
  await untilTaken(database.pool)
  // What the sender had in its hands is handed over or given back.
  await until(
    'nothing to be in the hands of the sender',
    async () => (await database.pool.query(`select 1 from messages where send_id = 'void#1' and claimed_by is not null`)).rowCount === 0,
  )
  const sent = (await look('void')).sent
  await database.pool.query(`update campaign_sends set allowance_at = allowance_at - 60000 where campaign_id = 'void'`)
  for (let n = 0; n < 5; n++) await conduct()
  await untilTaken(database.pool)
  expect((await look('void')).sent).toBe(sent)
  // Resuming what was paused does not get round it.
  await ask('void', ada)
  await decide('void', bea)
  await act('void', 'pause')
  await published({ ...template, body: 'It is May.' })
  await act('void', 'resume')
  await conduct()
  expect((await look('void')).state).toBe('waiting')
  await act('void', 'cancel')
  const over = await untilState('void', 'cancelled')
  expect(over.sent + over.heldBack + over.cancelled + over.underWay).toBe(over.audience)
})

test('publishing a file gets nothing past it: neither another audience behind a small one, nor a new version', async () => {
  await ruled({ above: 5, by: 'editor' })
  await published({ ...germans, id: 'few', where: { kind: 'trait', trait: 'country', compare: { op: 'is', value: 'NL' } } })
  await published(campaign('few', { audience: { segment: 'few' } }))
  expect((await send('few')).state).toBe('scheduled')
  await published({ ...germans, id: 'few' })
  // Everybody is decided anew.
  await identify()
  await untilTaken(database.pool)
  await later('few')
  const found = await untilState('few', 'waiting')
  expect([found.audience, found.approval?.state, found.approval?.people]).toEqual([0, 'open', 40])
  await act('few', 'cancel')
  // Nor does an audience that grows without anything being published.
  const moved = (country: string) =>
    append(
      database.pool,
      people.slice(0, 20).map((profileId) => ({ profileId, name: 'Identified', properties: { country }, type: 'identify' })),
    )
  await published({ ...germans, id: 'grows', where: { kind: 'trait', trait: 'country', compare: { op: 'is', value: 'NL' } } })
  await published(campaign('grows', { audience: { segment: 'grows' } }))
  expect((await send('grows')).state).toBe('scheduled')
  await moved('NL')
  await untilTaken(database.pool)
  await later('grows')
  expect(await untilState('grows', 'waiting')).toMatchObject({ audience: 0, approval: { state: 'open', people: 20 } })
  await act('grows', 'cancel')
  await moved('DE')
  await untilTaken(database.pool)
  await ruled({ above: 0, by: 'admin' })
  await published(campaign('role'))
  await send('role')
  await expect(decide('role', bea)).rejects.toMatchObject({ code: 'approval_role' })
  // Switched off, what waits stays waiting.
  await ruled(null)
  await later('role')
  await conduct()
  expect((await look('role')).state).toBe('waiting')
  await act('role', 'cancel')
  await ruled({ above: 0, by: 'editor' })
})

test('what has a time and waits beyond it stays at home and says so', async () => {
  const at = new Date(Date.now() + 3_600_000).toISOString()
  await published(campaign('timed', { when: { kind: 'once', at } }))
  await send('timed')
  await later('timed', 3_700_000)
  await expect(decide('timed', bea)).rejects.toMatchObject({
    code: expect.stringMatching(/campaign_time_past|approval_outdated/) as string,
  })
  const missed = await untilState('timed', 'cancelled')
  expect(missed.note).toBe('Its time passed while it waited for an approval; nobody got it. Give it a later time and send it again.')
  expect(missed.audience).toBe(0)
})

test('a series and a campaign of programs are approved once a version; a resend by itself', async () => {
  await published(campaign('api', { when: { kind: 'api' } }))
  expect((await send('api', keyOf(ada), { key: 'one' })).state).toBe('waiting')
  await expect(send('api', keyOf(ada), { key: 'two' })).rejects.toMatchObject({ code: 'campaign_waits' })
  expect((await send('api', keyOf(ada), { key: 'one' })).number).toBe(1)
  await decide('api', bea)
  expect((await untilState('api', 'done')).sent).toBe(40)
  expect((await send('api', environmentKey, { key: 'two', properties: { season: 'May' } })).state).toBe('scheduled')
  expect((await untilState('api', 'done', 2)).sent).toBe(40)
  await published(campaign('api', { when: { kind: 'api' }, perMinute: 100_000 }))
  const third = await send('api', keyOf(ada), { key: 'three' })
  expect([third.state, (await details('api', bea, third.number)).changes.map(({ kind, places }) => [kind, places[0]?.field])]).toEqual([
    'waiting',
    [['campaign', 'perMinute']],
  ])
  await act('api', 'cancel', third.number)

  await published(campaign('daily', { when: { kind: 'daily', at: '09:00' } }))
  await send('daily')
  await decide('daily', bea)
  await database.pool.query(`update campaign_sends set starts_at = $1::bigint where campaign_id = 'daily'`, [Date.now() - 60_000])
  expect((await untilState('daily', 'done')).sent).toBe(40)
  expect((await look('daily', 2)).state).toBe('scheduled')
  await published(campaign('daily', { when: { kind: 'daily', at: '10:00' } }))
  await conduct()
  expect([(await look('daily', 2)).state, (await look('daily', 2)).approval?.state]).toEqual(['waiting', 'open'])
  await ask('daily', ada, 2)
  await later('daily', 2 * 86_400_000)
  const missed = await untilState('daily', 'cancelled', 2)
  expect(missed.note).toContain('The next one is send 3.')
  expect([(await look('daily', 3)).state, (await look('daily', 3)).approval?.askedBy]).toEqual(['waiting', ada.name])
  await decide('daily', bea, 'approve', 3)
  expect((await look('daily', 3)).state).toBe('scheduled')
  await act('daily', 'cancel', 3)

  const again = await handlers.resendCampaign({
    params: { id: 'daily', number: 1 },
    body: { to: 'not-opened', exceptGoal: false, subject: 'Once more' },
    ...asWho(ada),
  } as never)
  expect([again.send.state, again.send.approval?.people]).toEqual(['waiting', 40])
  await decide('daily', bea, 'approve', again.send.number)
  await later('daily')
  expect((await untilState('daily', 'done', again.send.number)).sent).toBe(40)
})
