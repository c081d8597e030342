import type { CampaignSend, SendAction } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSmtpSink, type SmtpSink } from '../../test/channels.ts'
import { makeTestClickHouse, type TestClickHouse } from '../../test/clickhouse.ts'
import { germans } from '../pipeline/test/definitions.ts'
import { append, makeProfileId, makeTestWorker, publish, until, untilTaken } from '../pipeline/test/harness.ts'
import type { Worker } from '../pipeline/worker.ts'
import { conductSends } from './index.ts'
import { makeCampaignWorld, type CampaignWorld } from './test/campaign-world.ts'

let campaigns: CampaignWorld
let history: TestClickHouse
let worker: Worker
let sink: SmtpSink
/** Whose mails the server has in its hands and has not answered. */
const inHand = new Map<string, () => void>()
/** Lets the server answer all that it has in its hands: it takes a mail, unless it is to a refused one. */
function answer(): void {
  for (const one of inHand.values()) one()
}

beforeAll(async () => {
  ;[campaigns, history] = await Promise.all([makeCampaignWorld(), makeTestClickHouse()])
  sink = await startSmtpSink({
    onData(stream, session, done) {
      const to = session.envelope.rcptTo[0]!.address
      stream.resume()
      stream.on('end', () => {
        inHand.set(to, () => done(to.startsWith('refused') ? Object.assign(new Error('no'), { responseCode: 550 }) : null))
      })
    },
  })
  worker = makeTestWorker(campaigns.database.pool, { clickhouse: { url: history.url } })
})
afterAll(async () => {
  await worker.stop()
  await campaigns.stop()
  await Promise.all([sink.close(), history.drop()])
})

const caller = {
  auth: { kind: 'user', id: 'u1', name: 'ada@shop.example', role: 'editor' },
  audit: { note: () => undefined, commit: async () => undefined },
}
const noHistory = async (): Promise<never> => {
  throw new Error('nobody asks history here')
}

test('what was cancelled while an earlier claim had it at the provider counts as sent once that is said, and it adds up at every instant', async () => {
  const { handlers, world } = campaigns
  const { pool } = campaigns.database
  const conduct = () => conductSends(pool, 'Europe/Berlin', noHistory)
  const act = (action: SendAction) =>
    handlers.actOnSend({ params: { id: 'sale', number: 1 }, body: { action }, ...caller } as never) as Promise<unknown>
  const look = async (): Promise<CampaignSend> => {
    const send = (await handlers.campaign({ params: { id: 'sale' } } as never)).sends[0]!
    expect(send.sent + send.heldBack + send.cancelled + send.underWay).toBe(send.audience)
    return send
  }
  const statuses = async (): Promise<Record<string, string>> => {
    const { rows } = await pool.query<{ profile_id: string; status: string }>(
      `select profile_id, status from messages where send_id = 'sale#1'`,
    )
    return Object.fromEntries(rows.map((row) => [names.get(row.profile_id), row.status]))
  }
  const names = new Map(['taken-1', 'taken-2', 'merged-taken', 'refused', 'refused-merged'].map((name) => [makeProfileId(), name]))
  const idOf = (name: string): string => [...names].find(([, one]) => one === name)![0]
  const merge = (name: string) =>
    append(pool, [{ profileId: idOf(name), type: 'control', name: 'merge-out', properties: { merge: name, winner: survivor } }])
  const survivor = makeProfileId()

  await publish(
    pool,
    germans,
    {
      kind: 'template',
      id: 'hello',
      name: 'Hello',
      channel: 'email',
      subject: 'Hi',
      html: '<p>Hi <a href="{{ unsubscribe_url }}">x</a></p>',
    },
    {
      kind: 'campaign',
      id: 'sale',
      name: 'Sale',
      audience: { segment: 'germans' },
      message: { channel: 'email', template: 'hello' },
    },
  )
  await append(pool, [
    ...[...names].map(([profileId, name]) => ({
      profileId,
      name: 'Identified',
      type: 'identify',
      properties: { country: 'DE', email: `${name}@example.com` },
    })),
    { profileId: survivor, name: 'Identified', type: 'identify', properties: { country: 'NL', email: 'survivor@example.com' } },
  ])
  await worker.start()
  await untilTaken(pool)
  await world.useSmtp(sink.port)
  let shards = Array.from({ length: 64 }, (_, shard) => shard)
  const earlier = world.makeSender({ worker: 'earlier', shards: () => shards })
  earlier.start()
  await handlers.sendCampaign({ params: { id: 'sale' }, body: { properties: {} }, ...caller } as never)
  await pool.query('update campaign_sends set starts_at = starts_at - 30000, undo_until = undo_until - 30000')
  await until('the provider to have all of them in hand', async () => {
    await conduct()
    return inHand.size === 5
  })
  expect(await look()).toMatchObject({ audience: 5, underWay: 5 })

  // Another worker has the shards by now, and the claims are over, as of messages that were born claimed. One person is merged, which takes
  // the message away; then the campaign is cancelled, which calls back the others, also that of somebody who is merged before anybody looks.
  shards = []
  await pool.query(`update messages set status = 'queued', claim_until = 1 where send_id = 'sale#1'`)
  await merge('merged-taken')
  await untilTaken(pool)
  expect(await look()).toMatchObject({ underWay: 4, cancelled: 0, reasons: [{ rule: 'left', people: 1 }] })
  await act('cancel')
  await until('all to be called back', async () => {
    await conduct()
    return (await pool.query(`select 1 from messages where called_back is not null`)).rowCount === 4
  })
  await merge('refused-merged')
  await untilTaken(pool)
  expect((await statuses())['refused-merged']).toBe('queued')
  world.makeSender({ worker: 'later' }).start()
  await until('all to be cancelled', async () => {
    await conduct()
    return (await look()).state === 'cancelled' && (await look()).endedAt !== null
  })
  expect(await look()).toMatchObject({ sent: 0, cancelled: 4, underWay: 0, reasons: [{ rule: 'left', people: 1 }] })

  answer()
  await until('those that were taken to be sent', async () => (await look()).sent === 3)
  await earlier.stop()
  expect(await look()).toMatchObject({ audience: 5, sent: 3, cancelled: 2, heldBack: 0, underWay: 0, reasons: [] })
  expect(await statuses()).toEqual({
    'taken-1': 'sent',
    'taken-2': 'sent',
    'merged-taken': 'sent',
    refused: 'cancelled',
    'refused-merged': 'cancelled',
  })
  const { rows } = await pool.query(`select reason from messages where status = 'sent' group by reason order by reason collate "C" desc`)
  expect(rows).toEqual([
    { reason: 'Sent: it was on its way already when it was cancelled: the campaign was cancelled by ada@shop.example.' },
    { reason: 'Sent: it was on its way already when it was cancelled: The profile was merged into another one' },
  ])

  // History has each fact once: what was said when it was cancelled stays said, and that it was sent stands behind it.
  const told = async () =>
    (
      await history.client.query({
        query: `select name, toInt32(count()) as n, toInt32(uniqExact(JSONExtractString(properties, 'message_id'))) as messages from events
                where name in ('Message Sent', 'Message Held Back') group by name order by name`,
        format: 'JSONEachRow',
      })
    ).json<{ name: string; n: number; messages: number }>()
  await until('history to have heard of all', async () => (await told().catch(() => [])).reduce((sum, { n }) => sum + n, 0) >= 7)
  expect(await told()).toEqual([
    { name: 'Message Held Back', n: 4, messages: 4 },
    { name: 'Message Sent', n: 3, messages: 3 },
  ])
})
