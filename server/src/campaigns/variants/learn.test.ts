import { campaignSchema, type CampaignSend, type SendAction } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { germans } from '../../pipeline/test/definitions.ts'
import { append, makeSameProfileIds, makeTestWorker, publish, until, untilTaken } from '../../pipeline/test/harness.ts'
import { conductSends, learnWeights } from '../index.ts'
import { makeCampaignWorld, type CampaignWorld } from '../test/campaign-world.ts'
import type { Learned } from '../store.ts'
import { addUp, dueAfter } from './learn.ts'

let campaigns: CampaignWorld
let database: CampaignWorld['database']
let world: CampaignWorld['world']
let worker: CampaignWorld['worker']
let handlers: CampaignWorld['handlers']
const people = makeSameProfileIds('people', 300)
const template = { kind: 'template', id: 'spring', name: 'Spring', channel: 'inbox', title: 'Spring', body: 'It is spring.' }
const hour = 3_600_000
const variants = [{ name: 'A' }, { name: 'B', template: 'summer' }]
const campaign = (id: string, more: object = {}) => ({
  kind: 'campaign',
  id,
  name: 'Spring sale',
  audience: { segment: 'germans' },
  message: { channel: 'inbox', template: 'spring' },
  variants,
  learn: { by: 'clicked' },
  ...more,
})

beforeAll(async () => {
  campaigns = await makeCampaignWorld()
  ;({ database, world, worker, handlers } = campaigns)
  await publish(database.pool, germans, template, { ...template, id: 'summer', name: 'Summer' })
  await append(
    database.pool,
    people.map((profileId) => ({ profileId, name: 'Identified', properties: { country: 'DE' }, type: 'identify' })),
  )
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
const act = async (id: string, action: SendAction) =>
  handlers.actOnSend({ params: { id, number: 1 }, body: { action }, ...caller } as never)
const look = async (id: string, number = 1): Promise<CampaignSend> =>
  (await handlers.campaign({ params: { id } } as never)).sends.find((one) => one.number === number)!
const results = async (id: string, number = 1) => handlers.sendResults({ params: { id, number } } as never)
const shares = async (id: string, number = 1): Promise<number[][]> =>
  (await results(id, number)).learned!.versions.map((version) => version.variants.map(({ share }) => share))
const conduct = () => conductSends(database.pool, 'Europe/Berlin', noHistory)
const learn = (ask: typeof noHistory | (() => Promise<never[]>) = noHistory) => learnWeights(database.pool, ask, 'EUR')
const noHistory = async (): Promise<never> => {
  throw new Error('clicks are known without history')
}
/** Lets so much time go by for a campaign: its sends and their messages. */
async function later(id: string, ms: number): Promise<void> {
  await database.pool.query(
    `update campaign_sends set starts_at = starts_at - $2::bigint, undo_until = undo_until - $2::bigint, started_at = started_at - $2::bigint,
       ended_at = ended_at - $2::bigint, staged_at = staged_at - $2::bigint, watched_at = watched_at - $2::bigint, learn_due = learn_due - $2::bigint
     where campaign_id = $1`,
    [id, ms],
  )
  await database.pool.query(
    `update messages set created_at = created_at - $2::bigint, sent_at = sent_at - $2::bigint, clicked_at = clicked_at - $2::bigint where journey_id = $1`,
    [`campaign:${id}`, ms],
  )
}
async function begin(id: string, more: object = {}): Promise<void> {
  await publish(database.pool, campaign(id, more))
  await untilTaken(database.pool)
  await send(id)
}
async function send(id: string): Promise<void> {
  await handlers.sendCampaign({ params: { id }, body: { properties: {} }, ...caller } as never)
  await later(id, 31_000)
}
async function untilSend(id: string, what: string, is: (send: CampaignSend) => boolean, number = 1): Promise<CampaignSend> {
  let last = await look(id, number)
  await until(`${id} ${what}`, async () => {
    await conduct()
    last = await look(id, number)
    return is(last)
  })
  return last
}
const untilStage = (id: string, stage: number) =>
  untilSend(id, `in stage ${stage}, all of it`, ({ ramp }) => ramp?.stage === stage && ramp.nextAt !== null)
const untilDone = (id: string, number = 1) => untilSend(id, 'done', ({ endedAt }) => endedAt !== null, number)
const adds = ({ audience, sent, heldBack, cancelled, underWay }: CampaignSend) =>
  expect(sent + heldBack + cancelled + underWay).toBe(audience)
/** The steps that people got in a send, by their ids; nobody has two. */
async function got(send: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await database.pool.query<{ profile_id: string; step: string }>(
    `select profile_id, step from messages where send_id = $1 and sent_at is not null`,
    [send],
  )
  expect(new Set(rows.map((row) => row.profile_id)).size).toBe(rows.length)
  return new Map(rows.map((row) => [row.profile_id, row.step]))
}
/** So many minutes after they got it, those with this variant click. */
const click = (send: string, step: string, minutes: number) =>
  database.pool.query('update messages set clicked_at = sent_at + $3::bigint where send_id = $1 and step = $2', [
    send,
    step,
    minutes * 60_000,
  ])
const inB = (steps: Iterable<string>): number => [...steps].filter((step) => step === 'variant-2').length

const steps = [
  { percent: 40, for: '2 hours' },
  { percent: 70, for: '2 hours' },
]

test('a clear winner gets all but the floor of the others, through a restart and a pause, each person once, and it adds up', async () => {
  await begin('ramp', { ramp: { steps }, holdOut: { percent: 10 } })
  expect(await handlers.campaign({ params: { id: 'ramp' } } as never)).toMatchObject({
    sentence: 'Notification inbox “Spring” or “Summer”, more and more of what people click, to “Germans”, as soon as it is sent',
  })
  const first = await untilStage('ramp', 1)
  adds(first)
  const early = await got('ramp#1')
  expect(await shares('ramp')).toEqual([[0.5, 0.5]])

  // Nobody has had an hour yet: nothing is a failure, and nothing a success.
  await click('ramp#1', 'variant-2', 5)
  await later('ramp', 0.5 * hour)
  await learn()
  expect(await shares('ramp')).toEqual([[0.5, 0.5]])
  await later('ramp', 0.6 * hour)
  await learn()
  const weights = await shares('ramp')
  expect(weights).toHaveLength(2)
  expect(weights[1]).toEqual([expect.closeTo(0.1, 2), expect.closeTo(0.9, 2)])
  const found = (await results('ramp')).learned!
  expect(found).toMatchObject({ by: 'clicked', floor: 10, every: '15 minutes', within: '1 hour', nextAt: expect.any(Number) })
  expect(found.versions[1]!.variants.map(({ people: n, answered }) => [n, answered])).toEqual([
    [early.size - inB(early.values()), 0],
    [inB(early.values()), inB(early.values())],
  ])
  // Not due again before its time, and the same figures change nothing.
  await learn()
  await later('ramp', 0.3 * hour)
  await learn()
  expect(await shares('ramp')).toHaveLength(2)

  await worker.stop()
  await later('ramp', hour)
  await conduct()
  await act('ramp', 'pause')
  worker = makeTestWorker(database.pool)
  await worker.start()
  await untilTaken(database.pool)
  await act('ramp', 'resume')
  const second = await untilStage('ramp', 2)
  adds(second)
  const after = await got('ramp#1')
  for (const [id, step] of early) expect(after.get(id)).toBe(step)
  const late = [...after].filter(([id]) => !early.has(id)).map(([, step]) => step)
  // Nine of ten, within five standard deviations.
  expect(Math.abs(inB(late) - 0.9 * late.length)).toBeLessThanOrEqual(5 * Math.sqrt(0.09 * late.length) + 1)
  expect(inB(late)).toBeGreaterThan(0.7 * late.length)
  expect(inB(late)).toBeLessThan(late.length)
  await later('ramp', 2 * hour)
  const done = await untilDone('ramp')
  adds(done)
  expect(done).toMatchObject({ audience: 300, isWhole: true, underWay: 0, cancelled: 0 })
  const groups = (await results('ramp')).groups
  expect(groups.map(({ kind, sent }) => [kind, sent])).toEqual([
    ['variant', done.sent - inB((await got('ramp#1')).values())],
    ['variant', inB((await got('ramp#1')).values())],
    ['hold-out', 0],
  ])
})

test('a turn draws by the weights that it was given, whatever is learned before it is taken', async () => {
  await begin('turn', { when: { kind: 'api' } })
  await worker.stop()
  await until('turns to be handed out', async () => {
    await conduct()
    return (await given('turn#1')).length > 0
  })
  for (const weights of await given('turn#1')) expect(weights).toEqual([0.5, 0.5])
  await database.pool.query(
    `insert into campaign_weights (send_id, version, at, variants)
     values ('turn#1', 2, 0, '[{"name": "A", "share": 0.001, "best": 0, "people": 0, "answered": 0}, {"name": "B", "share": 0.999, "best": 1, "people": 0, "answered": 0}]')`,
  )
  // It comes back after a kill and takes what it had been given: half of them get A, although nearly nobody would by now.
  worker = makeTestWorker(database.pool)
  await worker.start()
  adds(await untilDone('turn'))
  const all = await got('turn#1')
  expect(all.size).toBe(300)
  expect(Math.abs(inB(all.values()) - 150)).toBeLessThanOrEqual(5 * Math.sqrt(75))
})
const given = async (send: string): Promise<unknown[]> =>
  (
    await database.pool.query<{ weights: unknown }>(
      `select properties::jsonb -> 'weights' as weights from inbox where name = 'campaign' and properties::jsonb ->> 'send' = $1`,
      [send],
    )
  ).rows.map(({ weights }) => weights)

test('the next send begins with what the one before came to; a resend gives everybody theirs again; cancelled, it is counted to the end', async () => {
  await begin('again', { when: { kind: 'api' } })
  const first = await untilDone('again')
  adds(first)
  expect(await shares('again')).toEqual([[0.5, 0.5]])
  await click('again#1', 'variant-1', 30)
  // Too late to count.
  await click('again#1', 'variant-2', 61)
  await later('again', hour)
  await learn()
  expect((await results('again')).learned).toMatchObject({ nextAt: null })
  const { rows } = await database.pool.query<{ learned: Learned; learn_due: number | null }>(
    `select learned, learn_due from campaign_sends where id = 'again#1'`,
  )
  const one = await got('again#1')
  expect(rows[0]).toMatchObject({
    learn_due: null,
    learned: {
      variants: [
        { name: 'A', template: 'spring', people: 300 - inB(one.values()), answered: 300 - inB(one.values()) },
        { name: 'B', template: 'summer', people: inB(one.values()), answered: 0 },
      ],
    },
  })
  await send('again')
  await untilDone('again', 2)
  const [begun] = await shares('again', 2)
  expect(begun).toEqual([expect.closeTo(0.9, 2), expect.closeTo(0.1, 2)])
  expect(inB((await got('again#2')).values())).toBeLessThan(80)
  expect(inB((await got('again#2')).values())).toBeGreaterThan(0)

  await handlers.resendCampaign({
    params: { id: 'again', number: 1 },
    body: { to: 'not-opened', exceptGoal: false },
    ...caller,
  } as never)
  await database.pool.query(`update messages set clicked_at = null where send_id = 'again#1'`)
  await later('again', 31_000)
  adds(await untilDone('again', 3))
  expect(await results('again', 3)).toMatchObject({ learned: null })
  expect(await got('again#3')).toEqual(one)
})

test('by the goal it is asked of history; while that is away the weights stay, and other sends learn on', async () => {
  await begin('goal', { when: { kind: 'api' }, learn: { by: 'goal', floor: 20, within: '1 day' }, ramp: { steps } })
  await untilStage('goal', 1)
  await begin('beside', { ramp: { steps } })
  await untilStage('beside', 1)
  await click('beside#1', 'variant-1', 5)
  for (const id of ['goal', 'beside']) await later(id, 2 * hour)
  await expect(learn()).rejects.toThrow('without history')
  expect(await shares('goal')).toHaveLength(1)
  expect((await shares('beside')).at(-1)).toEqual([expect.closeTo(0.9, 2), expect.closeTo(0.1, 2)])
  const asked: object[] = []
  const nothing = { buyers: 0, sum: 0, squares: 0 }
  const history = async (query: { readonly params: object }): Promise<never[]> => {
    asked.push(query.params)
    return [
      { kind: 'variant A', people: 900, converted: 18, ...nothing },
      { kind: 'variant B', people: 900, converted: 90, ...nothing },
      { kind: 'hold-out hold-out', people: 100, converted: 99, ...nothing },
    ] as never[]
  }
  const before = Date.now()
  await learn(history as never)
  expect(asked).toHaveLength(1)
  const { until: to, ...params } = asked[0] as { until: number }
  expect(params).toMatchObject({ event: 'Order Completed', within: 24 * hour, send: '1' })
  expect(Math.abs(to - (before - 24 * hour))).toBeLessThan(0.1 * hour)
  expect((await shares('goal')).at(-1)).toEqual([expect.closeTo(0.2, 2), expect.closeTo(0.8, 2)])
  await act('goal', 'cancel')
  const over = await untilSend('goal', 'over', ({ endedAt }) => endedAt !== null)
  adds(over)
  expect(over).toMatchObject({ audience: 300, isWhole: true, underWay: 0 })
  await act('beside', 'cancel')
  await untilDone('beside')
})

test('what an earlier send came to counts half after thirty days, of variants that are the same, learned by the same', () => {
  const of = (more: Partial<Learned> = {}, second = 'summer'): Learned => ({
    by: 'clicked',
    within: '1 hour',
    variants: [
      { name: 'A', template: 'spring', people: 100, answered: 10 },
      { name: 'B', template: second, people: 200, answered: 40 },
    ],
    ...more,
  })
  const month = 30 * 24 * hour
  expect(addUp(of(), [])).toEqual([
    { people: 100, answered: 10 },
    { people: 200, answered: 40 },
  ])
  expect(
    addUp(of(), [
      { learned: of(), ageMs: month },
      { learned: of({}, 'autumn'), ageMs: 2 * month },
      { learned: of({ by: 'opened' }), ageMs: 0 },
      { learned: of({ within: '2 hours' }), ageMs: 0 },
    ]),
  ).toEqual([
    { people: 175, answered: 17.5 },
    { people: 300, answered: 60 },
  ])
  const how = { by: 'clicked', floor: 10, every: '15 minutes', within: '1 hour' } as const
  expect(dueAfter({ endedAt: null, now: 5 * hour }, how)).toBe(5.25 * hour)
  expect(dueAfter({ endedAt: 4.1 * hour, now: 5 * hour }, how)).toBeCloseTo(5.1 * hour, 3)
  expect(dueAfter({ endedAt: 4 * hour, now: 5 * hour }, how)).toBeNull()
})

test('where nothing can be learned it is refused, with the reason and the field', () => {
  const problems = (more: object): string[] => {
    const { error } = campaignSchema.safeParse({ ...campaign('x'), audience: {}, perMinute: 600, ...more })
    return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
  }
  expect(problems({})).toEqual([])
  expect(problems({ when: { kind: 'daily', at: '09:00' }, perMinute: undefined })).toEqual([])
  expect(problems({ when: { kind: 'api' }, perMinute: undefined })).toEqual([])
  expect(problems({ perMinute: undefined, ramp: {} })).toEqual([])
  expect(problems({ perMinute: undefined })).toEqual([expect.stringMatching(/^learn: what goes out once to all at the same time/)])
  expect(problems({ perMinute: undefined, when: { kind: 'once', at: '2030-01-01' } })).toHaveLength(1)
  expect(problems({ perMinute: undefined, ramp: {}, learn: { by: 'clicked', within: '3 hours' } })).toEqual([
    expect.stringMatching(/^learn.within: .*last stage of the ramp/),
  ])
  expect(problems({ perMinute: undefined, when: { kind: 'daily', at: '09:00', zone: 'person' } })).toEqual([
    expect.stringMatching(/^learn: .*each person’s clocks/),
  ])
  expect(problems({ winner: { testPercent: 20, after: '1 hour', by: 'clicked' } })).toEqual([expect.stringMatching(/^learn: either/)])
  expect(problems({ variants: undefined })).toEqual([expect.stringMatching(/^learn: .*"variants"/)])
  expect(problems({ variants: [variants[0], { ...variants[1], weight: 2 }] })).toEqual([expect.stringMatching(/^variants: .*"weight"/)])
  const three = [...variants, { name: 'C', template: 'autumn' }]
  expect(problems({ variants: three, learn: { by: 'clicked', floor: 34 } })).toEqual([
    expect.stringMatching(/^learn.floor: less than 33.3 %/),
  ])
  expect(problems({ learn: { by: 'revenue' } })).toHaveLength(1)
  expect(problems({ learn: { by: 'goal', every: '4 minutes', within: '8 days' } })).toEqual([
    'learn.every: a time from 5 minutes to 1 day',
    'learn.within: a time from 1 minute to 7 days',
  ])
})
