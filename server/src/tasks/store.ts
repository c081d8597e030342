import type { Db } from '../platform/postgres/index.ts'
import { binary } from '../platform/postgres/index.ts'
import { TaskError } from './errors.ts'

export interface TaskRow {
  readonly [column: string]: unknown
  readonly id: string
  readonly profileId: string | null
  readonly run: string | null
  readonly journey: string
  readonly step: string
  readonly title: string
  readonly text: string
  readonly assignee: string
  readonly createdAt: number
  readonly dueAt: number | null
  readonly doneAt: number | null
  readonly doneBy: string | null
  readonly dones: number
  readonly note: string | null
  readonly problem: string | null
}

const COLUMNS = `
id, profile_id as "profileId", run_id as run, journey_id as journey, step, title, body as text, assignee, created_at as "createdAt", due_at as "dueAt",
done_at as "doneAt", done_by as "doneBy", dones, note, problem`

/** Where tasks without a day stand among those that are due: behind them all. */
export const whenever = Number.MAX_SAFE_INTEGER

// Each order has its index.
const SELECT = {
  open: `select ${COLUMNS} from tasks where done_at is null and (coalesce(due_at, ${whenever}), id) > ($1::bigint, $2::text)`,
  done: `select ${COLUMNS} from tasks where done_at is not null and (done_at, id) < ($1::bigint, $2::text)`,
} as const
const ORDER = { open: `order by coalesce(due_at, ${whenever}), id`, done: 'order by done_at desc, id desc' } as const

export interface TaskFilter {
  readonly state: 'open' | 'done'
  readonly assignee?: string | undefined
  readonly journey?: string | undefined
  /** Everybody whom this person was, by their ids; left out: whoever it is about. */
  readonly people?: readonly string[] | undefined
}

/** Tasks behind a place of the order of their state. */
export async function readTasks(
  db: Db,
  filter: TaskFilter,
  behind: readonly [number, string] | null,
  limit: number,
): Promise<readonly TaskRow[]> {
  const { state, assignee = null, journey = null, people } = filter
  const [from, id] = behind ?? (state === 'open' ? [-1, ''] : [whenever, ''])
  const { rows } = await db.query<TaskRow>(
    `${SELECT[state]} and ($3::text is null or assignee = $3) and ($4::text is null or journey_id = $4)
     and ($5::uuid[] is null or profile_id = any($5)) ${ORDER[state]} limit $6::int`,
    [from, id, assignee, journey, people === undefined ? null : binary.uuidArray([...people]), limit],
  )
  return rows
}

/** @throws TaskError `task_unknown` */
export async function readTask(db: Db, id: string, lock = false): Promise<TaskRow> {
  const { rows } = await db.query<TaskRow>(`select ${COLUMNS} from tasks where id = $1::text${lock ? ' for update' : ''}`, [id])
  if (rows[0] === undefined)
    throw new TaskError('not-found', 'task_unknown', `There is no task "${id}". GET /api/tasks names those there are.`, {
      field: 'id',
      value: id,
    })
  return rows[0]
}

/** Whose tasks there are; who has none open, but had, comes last. @param now epoch ms */
export async function readAssignees(db: Db, now: number): Promise<{ assignee: string; open: number; overdue: number }[]> {
  const { rows } = await db.query<{ assignee: string; open: number; overdue: number }>(
    `select assignee, count(*) filter (where done_at is null) as open, count(*) filter (where done_at is null and due_at < $1::bigint) as overdue
     from tasks group by assignee order by open desc, assignee limit 500`,
    [now],
  )
  return rows
}
