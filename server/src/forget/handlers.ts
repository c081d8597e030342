import type { Forget } from '@throughline/contracts'
import { readCursor, writeCursor, type Handlers } from '../platform/http/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { allowForgotten } from './allow.ts'
import { ForgetError } from './errors.ts'
import { requestForget, type RequestDeps } from './request.ts'

interface Row {
  readonly [column: string]: unknown
  readonly id: string
  readonly profiles: string[]
  readonly requested_at: number
  readonly requested_by: string
  readonly stage: 'asked' | 'stopping' | 'taking' | 'exporting' | 'sweeping' | 'complete'
  readonly counts: Record<string, number>
  readonly trouble: string | null
  readonly completed_at: number | null
}

const COLUMNS = 'id, profiles, requested_at, requested_by, stage, counts, trouble, completed_at'

const waits: { readonly [S in Row['stage']]: string | null } = {
  asked: 'The worker has yet to hear of it.',
  stopping: 'Whatever is being accepted at this moment has to end first.',
  taking: 'What came in before has to be taken first.',
  exporting: 'What came in before has to reach ClickHouse first, which then deletes it.',
  sweeping: 'What came in between is being deleted.',
  complete: null,
}

/** Handlers of forgetting, all for admins. */
export function makeForgetHandlers(deps: RequestDeps) {
  const { pool } = deps
  return {
    async forgetPerson({ params, auth, audit }) {
      const person = params.id.toLowerCase()
      if (!isUuid(person))
        throw new ForgetError('not-found', 'person_unknown', `There is no person with the id "${params.id}".`, {
          field: 'id',
          value: params.id,
        })
      const id = await requestForget(deps, person, auth.name, async (client) => {
        await audit.commit(client)
      })
      return readForget(pool, id)
    },
    async forgets({ query }) {
      const before = readCursor(query.cursor, [''])?.[0]
      const { rows } = await pool.query<Row>(
        `select ${COLUMNS} from forgets where $1::text is null or id < $1::text::uuid order by id desc limit $2::int`,
        [before !== undefined && isUuid(before) ? before : null, query.limit + 1],
      )
      const shown = rows.slice(0, query.limit)
      const last = shown.at(-1)
      return { items: shown.map(toForget), next: rows.length > query.limit && last ? writeCursor([last.id]) : null }
    },
    async forget({ params }) {
      return readForget(pool, params.id)
    },
    async allowForgotten({ body, audit }) {
      const allowed = await allowForgotten(pool, deps.hash, body.identifier, async (client) => {
        await audit.commit(client)
      })
      return { allowed }
    },
  } satisfies Handlers<'forgetPerson' | 'forgets' | 'forget' | 'allowForgotten'>
}

async function readForget(db: Db, id: string): Promise<Forget> {
  const { rows } = isUuid(id) ? await db.query<Row>(`select ${COLUMNS} from forgets where id = $1::uuid`, [id]) : { rows: [] }
  if (rows[0] === undefined)
    throw new ForgetError('not-found', 'forget_unknown', `There is no receipt "${id}". Settings, Forgotten people lists them.`, {
      field: 'id',
      value: id,
    })
  return toForget(rows[0])
}

function toForget(row: Row): Forget {
  const waitsFor = waits[row.stage]
  return {
    id: row.id,
    profiles: row.profiles,
    requestedAt: row.requested_at,
    requestedBy: row.requested_by,
    state: row.stage === 'complete' ? 'complete' : 'pending',
    waitsFor: waitsFor === null ? null : row.trouble === null ? waitsFor : `${waitsFor} ${row.trouble}`,
    counts: Object.entries(row.counts)
      .map(([place, count]) => ({ place, count }))
      .sort((a, b) => (a.place < b.place ? -1 : 1)),
    completedAt: row.completed_at,
  }
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)
}
