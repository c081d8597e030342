import { eventNames, lanes, ownSource, type JsonObject } from '@throughline/contracts'
import type { OwnEvent } from '../channels/index.ts'
import { binary, withTransaction, type Db, type Pool } from '../platform/postgres/index.ts'

const AT_ONCE = 200

/** What happened to a task; times are epoch ms. */
export interface News {
  readonly name: 'created' | 'done'
  readonly task: string
  readonly profileId: string
  readonly at: number
  readonly title: string
  readonly assignee: string
  readonly journey: string
  readonly step: string
  readonly run: string | null
  /** Of a task that was done: how often it was, by whom, and what was said. */
  readonly done?: { readonly times: number; readonly by: string; readonly note: string }
}

const WRITE = `
insert into task_news (task_id, profile_id, message_id, name, at, properties)
select * from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::jsonb[])`

/** Writes what timelines are to be told, in the caller's transaction. */
export async function putNews(db: Db, news: readonly News[]): Promise<void> {
  if (news.length === 0) return
  const text = (pick: (one: News) => string): Buffer => binary.textArray(news.map(pick))
  await db.query(WRITE, [
    text(({ task }) => task),
    binary.uuidArray(news.map(({ profileId }) => profileId)),
    text(({ task, name, done }) => `task:${task}:${name}${done === undefined ? '' : `:${done.times}`}`),
    text(({ name }) => (name === 'created' ? eventNames.taskCreated : eventNames.taskDone)),
    binary.int8Array(news.map(({ at }) => at)),
    binary.jsonbArray(news.map((one) => JSON.stringify(propertiesOf(one)))),
  ])
}

function propertiesOf({ task, title, assignee, journey, step, run, done }: News): JsonObject {
  return {
    task,
    title,
    assignee,
    journey,
    step,
    ...(run !== null && { run }),
    ...(done !== undefined && { by: done.by, ...(done.note !== '' && { note: done.note }) }),
  }
}

const TAKE = `
select n, profile_id as "profileId", message_id as "messageId", name, at, properties from task_news order by n limit ${AT_ONCE} for update skip locked`

/**
 * Tells timelines of tasks. What is told twice because a process was killed is the same event and counts once.
 * @returns whether there may be more
 */
export async function tellTaskNews(pool: Pool, append: (events: OwnEvent[]) => Promise<unknown>): Promise<boolean> {
  return withTransaction(pool, async (client) => {
    const { rows } = await client.query<{
      n: number
      profileId: string
      messageId: string
      name: string
      at: number
      properties: JsonObject
    }>(TAKE)
    if (rows.length === 0) return false
    await append(
      rows.map(({ profileId, messageId, name, at, properties }) => ({
        source: ownSource,
        messageId,
        type: 'track',
        name,
        timestamp: at,
        dedupeAt: at,
        properties,
        context: {},
        lane: lanes.live,
        triggers: true,
        who: { profileId },
      })),
    )
    await client.query('delete from task_news where n = any($1::bigint[])', [binary.int8Array(rows.map(({ n }) => n))])
    return rows.length === AT_ONCE
  })
}
