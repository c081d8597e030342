import type { Person, RouteResponse } from '@throughline/contracts'
import { resolveProfiles } from '../identity/index.ts'
import { readCursor, writeCursor, type Handlers } from '../platform/http/index.ts'
import { withTransaction, type Pool } from '../platform/postgres/index.ts'
import { TaskError } from './errors.ts'
import { putNews } from './news.ts'
import { readAssignees, readTask, readTasks, whenever, type TaskRow } from './store.ts'

export interface TaskDeps {
  readonly pool: Pool
  findPeople(ids: readonly string[]): Promise<ReadonlyMap<string, Person>>
  /** Everybody whom somebody is and was, by their ids. */
  idsOf(person: string): Promise<readonly string[]>
}

type TaskRoute = 'tasks' | 'taskAssignees' | 'task' | 'finishTask' | 'reopenTask' | 'assignTask'

/** Handlers of tasks. */
export function makeTaskHandlers({ pool, findPeople, idsOf }: TaskDeps): Handlers<TaskRoute> {
  async function show(rows: readonly TaskRow[]): Promise<RouteResponse<'task'>[]> {
    const today = await resolveProfiles(
      pool,
      rows.flatMap(({ profileId }) => (profileId === null ? [] : [profileId])),
    )
    const people = await findPeople([...new Set(today.values())])
    return rows.map(({ profileId, run: _, dones: __, ...task }) => ({
      ...task,
      person: profileId === null ? null : (people.get(today.get(profileId) ?? profileId) ?? null),
    }))
  }
  const showOne = async (row: TaskRow): Promise<RouteResponse<'task'>> => (await show([row]))[0]!

  return {
    async tasks({ query }) {
      const { cursor, limit, person, ...filter } = query
      const people = person === undefined ? undefined : await idsOf(person)
      const behind = readCursor(cursor, [0, ''])
      const rows = await readTasks(pool, { ...filter, people }, behind === undefined ? null : [behind[0], behind[1]], limit + 1)
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const isMore = rows.length > limit && last !== undefined
      return {
        items: await show(shown),
        next: isMore ? writeCursor([filter.state === 'open' ? (last.dueAt ?? whenever) : last.doneAt!, last.id]) : null,
      }
    },
    async taskAssignees() {
      return { items: await readAssignees(pool, Date.now()) }
    },
    async task({ params }) {
      return showOne(await readTask(pool, params.id))
    },
    // The note stands with the task and on the timeline, where forgetting the person finds it, and not in the audit log.
    async finishTask({ params, body, auth, audit }) {
      await withTransaction(pool, async (client) => {
        const task = await readTask(client, params.id, true)
        if (task.doneAt !== null)
          throw new TaskError('conflict', 'task_done', `This task was done already, by ${task.doneBy}.`, {
            field: 'id',
            value: params.id,
            allowed: 'an open task',
          })
        const at = Date.now()
        await client.query(
          `update tasks set done_at = $2::bigint, done_by = $3::text, dones = dones + 1, note = coalesce(nullif($4::text, ''), note) where id = $1::text`,
          [params.id, at, auth.name, body.note],
        )
        if (task.profileId !== null)
          await putNews(client, [
            {
              ...task,
              name: 'done',
              task: task.id,
              profileId: task.profileId,
              at,
              done: { times: task.dones + 1, by: auth.name, note: body.note },
            },
          ])
        audit.note({ before: { state: 'open' }, after: { state: 'done' } })
        await audit.commit(client)
      })
      return showOne(await readTask(pool, params.id))
    },
    async reopenTask({ params, body, audit }) {
      await withTransaction(pool, async (client) => {
        const task = await readTask(client, params.id, true)
        if (task.doneAt === null) return
        await client.query(
          `update tasks set done_at = null, done_by = null, note = coalesce(nullif($2::text, ''), note) where id = $1::text`,
          [params.id, body.note],
        )
        audit.note({ before: { state: 'done', doneBy: task.doneBy }, after: { state: 'open', doneBy: null } })
        await audit.commit(client)
      })
      return showOne(await readTask(pool, params.id))
    },
    async assignTask({ params, body, audit }) {
      await withTransaction(pool, async (client) => {
        const task = await readTask(client, params.id, true)
        if (task.doneAt !== null)
          throw new TaskError('conflict', 'task_done', `This task was done already, by ${task.doneBy}. Open it again first.`, {
            field: 'id',
            value: params.id,
            allowed: 'an open task',
          })
        await client.query('update tasks set assignee = $2::text where id = $1::text', [params.id, body.assignee])
        audit.note({ before: { assignee: task.assignee }, after: { assignee: body.assignee } })
        await audit.commit(client)
      })
      return showOne(await readTask(pool, params.id))
    },
  }
}
