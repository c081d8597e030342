import { makeRateLimit, type Authenticator, type Handlers } from '../platform/http/index.ts'
import { withTransaction, type Db, type Pool, type PoolClient } from '../platform/postgres/index.ts'
import { createAccount, deleteAccount, listAccounts, lockAccount, setRole } from './accounts.ts'
import { callerOfApiKey, createApiKey, deleteApiKey, listApiKeys } from './api-keys.ts'
import { AccountError } from './errors.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { callerOfSession, endSession, LINK_MINUTES, makeSignInToken, openSession, useSignInToken } from './sessions.ts'
import { loadSettings, storeSettings } from './settings.ts'
import type { Sources } from './sources.ts'
import { hashToken } from './tokens.ts'
import { findUser, storePassword, type UserRow } from './users.ts'

export interface AccountDeps {
  readonly pool: Pool
  readonly sources: Sources
  /** Lets the running parts know, in the same transaction, that settings changed. */
  readonly onSettingsChanged: (client: PoolClient) => Promise<void>
}

const TRIES_PER_ADDRESS = 10

/** Who is calling, for `registerApi`. */
export function makeAuthenticator(pool: Pool): Authenticator {
  return { callerOfSession: (token) => callerOfSession(pool, token), callerOfApiKey: (key) => callerOfApiKey(pool, key) }
}

/** Handlers of sign-in, sources, API keys and settings. */
export function makeAccountHandlers({ pool, sources, onSettingsChanged }: AccountDeps) {
  // Besides the limit per network address, which somebody with many of them does not feel.
  const tooManyFor = makeRateLimit(TRIES_PER_ADDRESS, 60_000)

  return {
    async signIn({ body, setSession, audit }) {
      audit.note({ subject: body.email.trim().toLowerCase() })
      const wait = tooManyFor(body.email.trim().toLowerCase())
      if (wait > 0)
        throw new AccountError('too-many', 'sign_in_refused', `Too many tries for ${body.email}. Try again in ${wait} seconds.`, {
          retryAfter: wait,
        })
      const user = await findUser(pool, body.email)
      if (!(await verifyPassword(body.password, user?.password_hash ?? null)) || user === null) {
        throw new AccountError(
          'not-signed-in',
          'sign_in_refused',
          'This e-mail address and password do not go together. `npx throughline start` prints a sign-in link to whoever runs the server.',
        )
      }
      audit.note({ actor: { kind: 'user', id: user.id, name: user.email } })
      setSession(await openSession(pool, user.id))
      return describeUser(pool, user)
    },
    async signInByLink({ body, setSession, audit }) {
      const userId = await useSignInToken(pool, body.token)
      if (userId === null) {
        throw new AccountError(
          'not-signed-in',
          'link_refused',
          `This link was used already, or is older than ${LINK_MINUTES} minutes. Start the server again to get another, or sign in with your password.`,
        )
      }
      const { rows } = await pool.query<UserRow & { [key: string]: unknown }>(
        'select id, email, role, password_hash from users where id = $1::uuid',
        [userId],
      )
      audit.note({ actor: { kind: 'user', id: userId, name: rows[0]!.email } })
      setSession(await openSession(pool, userId))
      return describeUser(pool, rows[0]!)
    },
    async signOut({ session, setSession }) {
      if (session !== null) await endSession(pool, session)
      setSession(null)
      return { ok: true }
    },
    async setPassword({ body, auth, session }) {
      if (auth.kind !== 'user')
        throw new AccountError('not-allowed', 'users_only', 'An API key has no password. Sign in as the user whose password is to change.')
      await storePassword(pool, auth.id, await hashPassword(body.password), session === null ? null : hashToken(session))
      return { ok: true }
    },
    async me({ auth }) {
      return describeUser(pool, { id: auth.id, email: auth.name, role: auth.role })
    },
    async sources() {
      return { items: await sources.list() }
    },
    async createSource({ body, audit }) {
      const source = await sources.create(body.name)
      audit.note({ subject: source.id })
      return source
    },
    async deleteSource({ params }) {
      await sources.remove(params.id)
      return { ok: true }
    },
    async settings() {
      return loadSettings(pool)
    },
    async setSettings({ body, audit }) {
      await withTransaction(pool, async (client) => {
        audit.note({ before: await loadSettings(client), after: body })
        await storeSettings(client, body)
        await audit.commit(client)
        await onSettingsChanged(client)
      })
      return body
    },
    async apiKeys() {
      return { items: await listApiKeys(pool) }
    },
    async createApiKey({ body, auth, audit }) {
      return withTransaction(pool, async (client) => {
        const key = await createApiKey(client, { ...body, madeBy: auth.kind === 'user' ? auth.id : (auth.madeBy ?? null) })
        audit.note({ subject: key.id })
        await audit.commit(client)
        return key
      })
    },
    async deleteApiKey({ params, audit }) {
      await withTransaction(pool, async (client) => {
        audit.note({ before: await deleteApiKey(client, params.id) })
        await audit.commit(client)
      })
      return { ok: true }
    },
    async accounts() {
      return { items: await listAccounts(pool) }
    },
    async createAccount({ body, audit }) {
      return withTransaction(pool, async (client) => {
        const account = await createAccount(client, body.email, body.role)
        const link = await linkFor(client, account.id)
        audit.note({ subject: account.id, after: { email: account.email, role: account.role } })
        await audit.commit(client)
        return { ...account, link }
      })
    },
    async setAccountRole({ params, body, auth, audit }) {
      return withTransaction(pool, async (client) => {
        const { before, after } = await setRole(client, params.id, body.role, auth.id)
        audit.note({ before: { email: before.email, role: before.role }, after: { email: after.email, role: after.role } })
        await audit.commit(client)
        return after
      })
    },
    async linkAccount({ params, audit }) {
      return withTransaction(pool, async (client) => {
        const account = await lockAccount(client, params.id)
        const link = await linkFor(client, account.id)
        audit.note({ subject: account.id, after: { email: account.email } })
        await audit.commit(client)
        return { link }
      })
    },
    async deleteAccount({ params, auth, audit }) {
      await withTransaction(pool, async (client) => {
        const { email, role } = await deleteAccount(client, params.id, auth.id)
        audit.note({ before: { email, role } })
        await audit.commit(client)
      })
      return { ok: true }
    },
  } satisfies Handlers<
    | 'signIn'
    | 'signInByLink'
    | 'signOut'
    | 'setPassword'
    | 'me'
    | 'sources'
    | 'createSource'
    | 'deleteSource'
    | 'settings'
    | 'setSettings'
    | 'apiKeys'
    | 'createApiKey'
    | 'deleteApiKey'
    | 'accounts'
    | 'createAccount'
    | 'setAccountRole'
    | 'linkAccount'
    | 'deleteAccount'
  >
}

/** The token stands behind the `#`, where no log sees it. */
async function linkFor(db: Db, id: string): Promise<string> {
  const { baseUrl } = await loadSettings(db)
  return `${baseUrl.replace(/\/+$/, '')}/sign-in/link#${await makeSignInToken(db, id)}`
}

async function describeUser(db: Db, user: Pick<UserRow, 'id' | 'email' | 'role'>) {
  return { id: user.id, email: user.email, role: user.role, workspace: (await loadSettings(db)).name }
}
