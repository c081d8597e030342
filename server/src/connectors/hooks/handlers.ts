import { randomBytes } from 'node:crypto'
import { slugOf, type Hook, type HookTrial, type Settings } from '@throughline/contracts'
import { v7 } from 'uuid'
import { describeRows, requireMapping, suggestRows, type Rows } from '../../imports/index.ts'
import { readConnected } from '../../ingest/index.ts'
import type { Handlers } from '../../platform/http/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import { ConnectorError } from '../errors.ts'
import type { SecretBox } from '../pulls/seal.ts'
import { openIfPossible } from './open.ts'
import { isObject, pathsOf } from './json.ts'
import { readThings, thingsOf, withTime } from './read.ts'
import { openBody } from './receive.ts'
import { rowsOf } from './rows.ts'
import {
  deleteHook,
  insertHook,
  readBodies,
  readHook,
  readHooks,
  setMapping,
  setState,
  setToken,
  toHook,
  updateHook,
  type StoredHook,
} from './store.ts'

export interface HookDeps {
  readonly pool: Pool
  readonly secrets: SecretBox
  settings(): Promise<Settings>
}

type HookRoute =
  | 'hooks'
  | 'createHook'
  | 'hook'
  | 'changeHook'
  | 'renewHook'
  | 'deleteHook'
  | 'mapHook'
  | 'setHookState'
  | 'tryHook'
  | 'hookBodies'

/** How many things of a body are shown. */
const SHOWN = 20

/** Handlers of incoming webhooks. */
export function makeHookHandlers({ pool, secrets, settings }: HookDeps): Handlers<HookRoute> {
  const show = (hook: StoredHook): Hook =>
    toHook(hook, openIfPossible(secrets, hook.token), hook.secret !== null && openIfPossible(secrets, hook.secret) === null)
  const shown = async (id: string): Promise<Hook> => show(await readHook(pool, id))
  const seal = (secret: string | undefined): Buffer | null => (secret === undefined ? null : secrets.encrypt(secret))

  return {
    async hooks() {
      return { items: (await readHooks(pool)).map(show) }
    },
    async hook({ params }) {
      return shown(params.id)
    },
    async createHook({ body, auth, audit }) {
      const { name, kind, signature } = body
      if (signature !== null && body.secret === undefined) throw secretMissing()
      const base = `hook-${slugOf(name, 40, 'source')}`
      const made = { name, kind, signature, secret: signature === null ? null : seal(body.secret), createdBy: auth.name }
      const token = secrets.encrypt(makeToken())
      // Two of one name get sources of their own; the source is what events carry for ever.
      for (let n = 1; ; n++) {
        const id = v7()
        if (!(await insertHook(pool, { ...made, id, token, source: n === 1 ? base : `${base}-${n}` }))) continue
        audit.note({ subject: id })
        return shown(id)
      }
    },
    async changeHook({ params, body, audit }) {
      const before = await readHook(pool, params.id)
      const secret = body.signature === null ? null : (seal(body.secret) ?? before.secret)
      if (body.signature !== null && secret === null) throw secretMissing()
      await updateHook(pool, before.id, { name: body.name, signature: body.signature, secret })
      audit.note({ before: { name: before.name, signature: before.signature }, after: { name: body.name, signature: body.signature } })
      return shown(before.id)
    },
    async renewHook({ params }) {
      const { id } = await readHook(pool, params.id)
      await setToken(pool, id, secrets.encrypt(makeToken()))
      return shown(id)
    },
    async deleteHook({ params, audit }) {
      const { id, name, source } = await readHook(pool, params.id)
      await deleteHook(pool, id)
      audit.note({ before: { name, source } })
      return { ok: true }
    },
    async mapHook({ params, body, audit }) {
      const before = await readHook(pool, params.id)
      requireMapping(before.kind, withTime(body.mapping))
      await setMapping(pool, before.id, body)
      audit.note({ after: { items: body.items, identity: body.identity, columns: body.mapping.columns } })
      return shown(before.id)
    },
    async setHookState({ params, body }) {
      const { id, mapping } = await readHook(pool, params.id)
      if (body.state === 'on' && mapping === null)
        throw new ConnectorError('conflict', 'hook_not_mapped', 'Say what becomes of a body before it is switched on.', {
          field: 'state',
          value: body.state,
        })
      await setState(pool, id, body.state)
      return shown(id)
    },
    async tryHook({ params, body }) {
      const hook = await readHook(pool, params.id)
      return tryBody(hook, body, await settings())
    },
    async hookBodies({ params }) {
      const { id } = await readHook(pool, params.id)
      return { items: await readBodies(pool, id, Date.now()) }
    },
  }
}

async function tryBody(
  { kind, source }: StoredHook,
  given: Parameters<Handlers<'tryHook'>['tryHook']>[0]['body'],
  workspace: Settings,
): Promise<HookTrial> {
  const { json } = await openBody(Buffer.from(given.body), undefined)
  const items = given.items ?? suggestItems(json)
  const things = thingsOf(json, items)
  const seen = things.slice(0, SHOWN)
  const mapped = given.mapping?.columns.map(({ column }) => column) ?? []
  const columns = [...new Set([...pathsOf(seen, kind === 'orders'), ...mapped])]
  const rows: Rows = { columns, cells: seen.flatMap((thing) => rowsOf(thing, columns).cells) }
  const mapping = given.mapping ?? suggestRows(kind, rows, workspace)
  const described = describeRows(kind, mapping, rows)
  const missing = describeRows(kind, withTime(mapping), rows).missing
  const now = Date.now()
  // A header is that of a request, and there is none: what it would say is left open.
  const identity = given.identity.kind === 'header' ? ({ kind: 'content' } as const) : given.identity
  const told = missing.length > 0 ? [] : readThings(seen, { kind, items, identity, mapping }, {}, now)
  const results = told.map((one) => {
    const read = one.calls.map((call) => readConnected(call, { source, receivedAt: now, forEver: one.named }))
    const problems = [...one.problems, ...read.flatMap((call) => (call.ok ? [] : call.problems))]
    return {
      problems,
      events: problems.length > 0 ? [] : one.calls.map((call) => ({ ...call }) as HookTrial['results'][number]['events'][number]),
    }
  })
  return { items, found: things.length, columns: described.columns, mapping, missing, results }
}

const usual = /^(data|items|records|results|events|contacts|messages|objects|rows|entries|payload)$/i

/** Where the things of a body most likely stand: in it, or in a list of a usual name. */
function suggestItems(body: Parameters<typeof thingsOf>[0]): string {
  if (!isObject(body)) return ''
  const lists = Object.entries(body).filter(([name, value]) => usual.test(name) && Array.isArray(value) && value.some(isObject))
  return lists.length === 1 ? lists[0]![0] : ''
}

const makeToken = (): string => randomBytes(24).toString('base64url')

function secretMissing(): ConnectorError {
  return new ConnectorError('bad-input', 'hook_secret_missing', 'The secret is missing with which the sender signs.', {
    field: 'secret',
    allowed: 'the secret that the sender shows or was given',
  })
}
