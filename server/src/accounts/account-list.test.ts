import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { makeAccountHandlers } from './index.ts'
import { callerOfApiKey } from './api-keys.ts'
import { callerOfSession, openSession } from './sessions.ts'
import { ensureUser } from './users.ts'

let database: TestDatabase
let handlers: ReturnType<typeof makeAccountHandlers>
let admin: string
const noted: object[] = []
const audit = { note: (details: object) => void noted.push(details), commit: async () => undefined }
const asAdmin = () => ({ auth: { kind: 'user', id: admin, name: 'ada@shop.example', role: 'admin' }, audit })

beforeAll(async () => {
  database = await makeTestDatabase()
  handlers = makeAccountHandlers({ pool: database.pool, sources: {} as never, onSettingsChanged: async () => undefined })
  await database.pool.query(`insert into workspace (settings) values ('{"baseUrl":"https://t.shop.example/"}') on conflict (id) do nothing`)
  admin = await ensureUser(database.pool, 'ada@shop.example', 'admin')
})
afterAll(() => database.drop())

test('a second account signs in once by the link that its maker hands over, and is out at once when it is removed', async () => {
  const made = await handlers.createAccount({ body: { email: ' Bea@Shop.example', role: 'editor' }, ...asAdmin() } as never)
  expect(made).toMatchObject({ email: 'bea@shop.example', role: 'editor', hasPassword: false })
  expect(JSON.stringify(noted)).not.toContain(made.link.split('#')[1])
  await expect(handlers.createAccount({ body: { email: 'BEA@shop.example', role: 'admin' }, ...asAdmin() } as never)).rejects.toMatchObject(
    {
      code: 'account_exists',
    },
  )
  let session: { token: string } | null = null
  const setSession = (given: { token: string } | null) => void (session = given)
  const token = made.link.split('#')[1]!
  await handlers.signInByLink({ body: { token }, setSession, audit } as never)
  await expect(handlers.signInByLink({ body: { token }, setSession, audit } as never)).rejects.toMatchObject({ code: 'link_refused' })
  const held = session! as { token: string }
  expect(await callerOfSession(database.pool, held.token)).toMatchObject({ id: made.id, role: 'editor' })
  const again = await handlers.linkAccount({ params: { id: made.id }, ...asAdmin() } as never)
  expect(again.link).not.toBe(made.link)
  await handlers.deleteAccount({ params: { id: made.id }, ...asAdmin() } as never)
  expect(await callerOfSession(database.pool, held.token)).toBeNull()
  await expect(handlers.linkAccount({ params: { id: made.id }, ...asAdmin() } as never)).rejects.toMatchObject({ code: 'account_unknown' })
})

test('nobody removes themselves, nor the last admin', async () => {
  await expect(handlers.deleteAccount({ params: { id: admin }, ...asAdmin() } as never)).rejects.toMatchObject({ code: 'account_kept' })
  const key = { auth: { kind: 'api-key', id: 'k', name: 'CI', role: 'admin' }, audit }
  await expect(handlers.deleteAccount({ params: { id: admin }, ...key } as never)).rejects.toMatchObject({ code: 'account_kept' })
  expect((await handlers.accounts()).items.map(({ email }) => email)).toEqual(['ada@shop.example'])
})

test('who may do less is signed out and may do no more than that, who may do more stays signed in', async () => {
  const made = await handlers.createAccount({ body: { email: 'cem@shop.example', role: 'editor' }, ...asAdmin() } as never)
  const session = await openSession(database.pool, made.id)
  const setTo = (role: string, by = asAdmin()) =>
    handlers.setAccountRole({ params: { id: made.id }, body: { role }, ...by } as never) as Promise<{ role: string }>
  noted.length = 0
  expect(await setTo('admin')).toMatchObject({ email: 'cem@shop.example', role: 'admin' })
  expect(await callerOfSession(database.pool, session.token)).toMatchObject({ role: 'admin' })
  expect(noted).toEqual([{ before: { email: 'cem@shop.example', role: 'editor' }, after: { email: 'cem@shop.example', role: 'admin' } }])
  await setTo('viewer')
  expect(await callerOfSession(database.pool, session.token)).toBeNull()
  const anew = await openSession(database.pool, made.id)
  await setTo('viewer')
  expect(await callerOfSession(database.pool, anew.token)).toMatchObject({ role: 'viewer' })
  await handlers.deleteAccount({ params: { id: made.id }, ...asAdmin() } as never)
  await expect(setTo('editor')).rejects.toMatchObject({ code: 'account_unknown' })
})

test('nobody changes their own role, and the last admin stays one, also when two take it from each other at once', async () => {
  const setTo = (id: string, role: string, auth: object) =>
    handlers.setAccountRole({ params: { id }, body: { role }, auth, audit } as never)
  await expect(setTo(admin, 'viewer', asAdmin().auth)).rejects.toThrow('your own account')
  const key = { kind: 'api-key', id: 'k', name: 'CI', role: 'admin' }
  await expect(setTo(admin, 'editor', key)).rejects.toThrow('the only admin')
  const other = await handlers.createAccount({ body: { email: 'dee@shop.example', role: 'admin' }, ...asAdmin() } as never)
  const both = await Promise.allSettled([
    setTo(admin, 'editor', { ...key, id: other.id }),
    setTo(other.id, 'editor', { ...key, id: admin }),
  ])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect((await handlers.accounts()).items.filter(({ role }) => role === 'admin')).toHaveLength(1)
  await ensureUser(database.pool, 'ada@shop.example', 'admin')
  await handlers.deleteAccount({ params: { id: other.id }, ...asAdmin() } as never)
})

test('a key knows who made it, also one that was made with a key', async () => {
  const first = await handlers.createApiKey({ body: { name: 'CI', role: 'admin' }, ...asAdmin() } as never)
  const caller = await callerOfApiKey(database.pool, first.key)
  expect(caller).toMatchObject({ kind: 'api-key', madeBy: admin })
  const second = await handlers.createApiKey({ body: { name: 'Copy', role: 'editor' }, auth: caller, audit } as never)
  expect(await callerOfApiKey(database.pool, second.key)).toMatchObject({ madeBy: admin })
})
