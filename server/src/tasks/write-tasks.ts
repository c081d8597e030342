import { shardOf, type JsonObject, type Settings } from '@throughline/contracts'
import { unpackTraits } from '../channels/index.ts'
import { binary, withTransaction, type Db, type Pool } from '../platform/postgres/index.ts'
import { putStaffMails } from '../staff-mail/index.ts'
import { parseTexts, TemplateError } from '../templates/index.ts'
import { putNews } from './news.ts'

export interface WriteTasksDeps {
  readonly pool: Pool
  settings(): Promise<Settings>
}

/** Tasks that are written in one transaction. */
const MOST = 200
/** Merges that a person may have been through meanwhile. */
const MOST_MERGES = 20
const LONGEST_TITLE = 300
const LONGEST_TEXT = 10_000

interface Request {
  readonly shard: number
  readonly profileId: string
  readonly id: string
  readonly run: string
  readonly step: string
  readonly journey: string
  readonly title: string
  readonly text: string
  readonly assignee: string
  readonly dueAt: number | null
  readonly email: boolean
  readonly variables: JsonObject
  readonly at: number
}

// Locked until they are written: another process takes others, and whoever comes after a kill takes these.
const TAKE = `
select shard, profile_id as "profileId", id, run_id as run, step, journey_id as journey, title, body as text, assignee, task_due_at as "dueAt", email, variables,
  made_at as at
from task_requests order by made_at, id limit $1::int for update skip locked`

const PEOPLE = `
select p.id, p.traits, p.merged_into from unnest($1::smallint[], $2::uuid[]) as k (shard, id) join profiles p on p.shard = k.shard and p.id = k.id`

const INSERT = `
insert into tasks (id, profile_id, run_id, step, journey_id, title, body, assignee, created_at, due_at, problem)
select * from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::text[])
on conflict do nothing returning id`

const END = `
delete from task_requests r using unnest($1::smallint[], $2::uuid[], $3::text[]) as k (shard, profile_id, id)
where r.shard = k.shard and r.profile_id = k.profile_id and r.id = k.id`

interface Written extends Omit<Request, 'title' | 'text'> {
  readonly person: string
  readonly title: string
  readonly text: string
  readonly problem: string | null
}

/**
 * Writes tasks that journeys made: the texts for the person as they stand now, what the timeline is told, and the mail, in the transaction
 * in which the request ends, so that a kill at any moment makes none twice and loses none.
 * @returns whether there may be more
 */
export async function writeTasks({ pool, settings }: WriteTasksDeps): Promise<boolean> {
  const shop = await settings()
  return withTransaction(pool, async (client) => {
    const { rows: requests } = await client.query<Request & { readonly [column: string]: unknown }>({
      name: 'task-requests-take',
      text: TAKE,
      values: [MOST],
    })
    if (requests.length === 0) return false
    const people = await findPeople(
      client,
      requests.map(({ profileId }) => profileId),
    )
    const written = requests.flatMap((request): Written[] => {
      const found = people.get(request.profileId)
      if (found === undefined) return []
      return [{ ...request, person: found.id, ...writeTexts(request, { profileId: found.id, traits: found.traits, settings: shop }) }]
    })
    if (written.length > 0) {
      const fresh = await insert(client, written)
      const made = written.filter(({ id }) => fresh.has(id))
      await putNews(
        client,
        made.map((one) => ({ name: 'created', task: one.id, ...one, profileId: one.person })),
      )
      await putStaffMails(
        client,
        made.flatMap((one) =>
          one.email
            ? [
                {
                  id: `task-${one.id}`,
                  address: one.assignee,
                  subject: one.title,
                  body: one.text,
                  link: `/tasks?task=${one.id}`,
                  profileId: one.person,
                },
              ]
            : [],
        ),
        Date.now(),
      )
    }
    await client.query(END, [
      binary.int2Array(requests.map(({ shard }) => shard)),
      binary.uuidArray(requests.map(({ profileId }) => profileId)),
      binary.textArray(requests.map(({ id }) => id)),
    ])
    return requests.length === MOST
  })
}

async function insert(client: Db, written: readonly Written[]): Promise<ReadonlySet<string>> {
  const text = (pick: (one: Written) => string | null): Buffer => binary.textArray(written.map(pick))
  const { rows } = await client.query<{ id: string }>(INSERT, [
    text(({ id }) => id),
    binary.uuidArray(written.map(({ person }) => person)),
    text(({ run }) => run),
    text(({ step }) => step),
    text(({ journey }) => journey),
    text(({ title }) => title),
    text((one) => one.text),
    text(({ assignee }) => assignee),
    binary.int8Array(written.map(({ at }) => at)),
    binary.int8Array(written.map(({ dueAt }) => dueAt)),
    text(({ problem }) => problem),
  ])
  return new Set(rows.map(({ id }) => id))
}

/**
 * The texts of a task for one person, cut to what a task may hold; where they cannot be written, those of the step and why, so that the task is
 * there all the same.
 */
export function writeTexts(
  task: { readonly title: string; readonly text: string; readonly step: string; readonly variables: JsonObject },
  who: { readonly profileId: string; readonly traits: JsonObject; readonly settings: Settings },
): { readonly title: string; readonly text: string; readonly problem: string | null } {
  try {
    const { title, text } = parseTexts(task.step, { title: task.title, text: task.text }).render({ ...who, message: task.variables })
    const line = oneLine(title)
    return line === ''
      ? { title: task.title, text: text.trim().slice(0, LONGEST_TEXT), problem: 'The title came out empty; give its variables a default.' }
      : { title: line.slice(0, LONGEST_TITLE), text: text.trim().slice(0, LONGEST_TEXT), problem: null }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return { title: task.title, text: task.text, problem: error.message }
  }
}

function oneLine(text: string): string {
  return text.replace(/[\s\0]+/g, ' ').trim()
}

/** Who people are now, by the ids by which they were known; those who were forgotten are left out. */
async function findPeople(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { readonly id: string; readonly traits: JsonObject }>> {
  const found = new Map<string, { id: string; traits: JsonObject }>()
  let open = new Map(ids.map((id) => [id, id]))
  for (let merges = 0; open.size > 0 && merges < MOST_MERGES; merges++) {
    const asked = [...new Set(open.values())]
    const { rows } = await db.query<{ id: string; traits: Buffer | null; merged_into: string | null }>(PEOPLE, [
      binary.int2Array(asked.map(shardOf)),
      binary.uuidArray(asked),
    ])
    const byId = new Map(rows.map((row) => [row.id, row]))
    const next = new Map<string, string>()
    for (const [first, id] of open) {
      const row = byId.get(id)
      if (row === undefined) continue
      if (row.merged_into === null) found.set(first, { id, traits: unpackTraits(row.traits) })
      else next.set(first, row.merged_into)
    }
    open = next
  }
  return found
}
