import { setTimeout as sleep } from 'node:timers/promises'
import { v7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeChannelWorld, settings, startSmtpSink, type ChannelWorld, type SmtpSink } from '../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { makeSilentLog } from '../platform/log/index.ts'
import { mailStaff, putStaffMails, type StaffMail } from './index.ts'

let database: TestDatabase
let sink: SmtpSink
let world: ChannelWorld

beforeAll(async () => {
  database = await makeTestDatabase()
  sink = await startSmtpSink()
  world = await makeChannelWorld(database.pool)
})
afterAll(async () => {
  await world.stop()
  await sink.close()
  await database.drop()
})
beforeEach(async () => {
  await database.pool.query('delete from staff_mails; delete from audit_log; delete from providers')
  sink.mails.length = 0
  sink.onMail = null
  sink.onRecipient = null
  await world.deps.providers.refresh(true)
})

const note = (n: number, fields: Partial<StaffMail> = {}): StaffMail => ({
  id: `task-${n}`,
  address: 'ann@shop.example',
  subject: `Call number ${n}`,
  body: `Order <b>${n}</b> failed`,
  link: `/tasks?task=${n}`,
  profileId: null,
  ...fields,
})
const put = (mails: readonly StaffMail[], at = Date.now()) => putStaffMails(database.pool, mails, at)
const deps = () => ({ pool: database.pool, log: makeSilentLog(), providers: world.deps.providers, settings: async () => settings })
const pass = async () => {
  while (await mailStaff(deps(), new AbortController().signal));
}
const audited = async () => (await database.pool.query('select subject, after from audit_log')).rows

test('what is to be told waits for a provider of e-mail, and is told once', async () => {
  await put([note(1), note(1)])
  await put([note(1)])
  await pass()
  expect(sink.mails).toEqual([])
  await world.useSmtp(sink.port)
  await Promise.all([pass(), pass()])
  await pass()
  expect(sink.mails).toHaveLength(1)
  const { to, raw } = sink.mails[0]!
  expect(to).toBe('ann@shop.example')
  expect(raw).toContain('Subject: Call number 1')
  expect(raw).toContain('Auto-Submitted: auto-generated')
  expect(raw).not.toContain('List-Unsubscribe')
  expect(raw).toContain('https://track.shop.example/tasks?task=1')
  expect(raw).toContain('&lt;b&gt;1&lt;/b&gt;')
  expect((await database.pool.query(`select from staff_mails where subject <> '' or body <> ''`)).rowCount).toBe(0)
  // None of it is a message to a customer.
  expect((await database.pool.query('select from messages')).rowCount).toBe(0)
})

test('a journey of five thousand people is twenty mails and then one an hour for a colleague, and another’s go on', async () => {
  await world.useSmtp(sink.port)
  await put(Array.from({ length: 20 }, (_, n) => note(n)))
  await pass()
  expect(sink.mails).toHaveLength(20)
  await put([...Array.from({ length: 5_000 }, (_, n) => note(100 + n)), note(9_999, { address: 'ben@shop.example' })], Date.now() - 120_000)
  await pass()
  expect(sink.mails).toHaveLength(22)
  const digest = sink.mails.find(({ raw }) => raw.includes('5000 things for you'))!
  expect(digest.to).toBe('ann@shop.example')
  expect(digest.raw).toContain('and 4950 more')
  await put(
    Array.from({ length: 300 }, (_, n) => note(20_000 + n)),
    Date.now() - 120_000,
  )
  await pass()
  expect(sink.mails).toHaveLength(22)
  await database.pool.query('update staff_mails set planned_at = planned_at - 3600001 where planned_at is not null')
  await pass()
  expect(sink.mails.filter(({ to }) => to === 'ann@shop.example')).toHaveLength(22)
  expect(sink.mails.at(-1)!.raw).toContain('300 things for you')
})

test('a mail whose hand-over was interrupted comes again with the same Message-ID; one that is refused for good is given up and audited', async () => {
  await world.useSmtp(sink.port)
  let drop = true
  sink.onMail = () => (drop ? ((drop = false), 'drop-after-data') : 'take')
  await put([note(1)])
  await pass()
  await database.pool.query('update staff_mails set due_at = 0 where due_at is not null')
  await sleep(50)
  await pass()
  const ids = sink.mails.map(({ raw }) => /Message-ID: (\S+)/i.exec(raw)?.[1])
  expect(new Set(ids)).toEqual(new Set(['<staff-task-1@shop.example>']))
  sink.onRecipient = () => ({ code: 550, text: '5.1.1 no such user' })
  await put([note(2, { address: 'gone@shop.example' })])
  await pass()
  expect(await audited()).toMatchObject([{ subject: 'gone@shop.example', after: { things: 1 } }])
  expect((await database.pool.query(`select from staff_mails where address = 'gone@shop.example'`)).rowCount).toBe(0)
})

test('what is about somebody who was forgotten is not sent, and what waited a day is dropped and audited', async () => {
  const person = v7()
  await put([note(1, { profileId: person }), note(2)])
  await database.pool.query(`update staff_mails set subject = '', body = '', profile_id = null where profile_id = $1`, [person])
  await world.useSmtp(sink.port)
  await pass()
  expect(sink.mails.map(({ raw }) => /Subject: (.*)\r/.exec(raw)?.[1])).toEqual(['Call number 2'])
  await put([note(3), note(4)], Date.now() - 90_000_000)
  await pass()
  expect(sink.mails).toHaveLength(1)
  expect(await audited()).toEqual([{ subject: 'ann@shop.example', after: { things: 2, reason: 'it could not be sent for a day' } }])
})
