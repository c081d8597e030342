import { shardOf, type Message } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'
import type { Content } from '../port.ts'
import { listMessages, readContent } from './list.ts'

const PAGE = 100

/** Every message to these profiles with what it looked like, newest first, read a page at a time. */
export async function* readMessagesOf(
  db: Db,
  profiles: readonly string[],
): AsyncIterable<Omit<Message, 'personName'> & { content: Content | null }> {
  for (let after: readonly [number, string] | undefined; ;) {
    const page = await listMessages(db, { people: profiles, limit: PAGE, ...(after !== undefined && { after }) })
    for (const message of page) yield { ...message, content: await readContent(db, shardOf(message.profileId), message.id) }
    const last = page.at(-1)
    if (page.length < PAGE || last === undefined) return
    after = [last.createdAt, last.id]
  }
}

/** Every note in these profiles' inboxes, newest first. */
export async function* readNotificationsOf(db: Db, profiles: readonly string[]): AsyncIterable<object> {
  const { rows } = await db.query(
    `select title, body, url, image, created_at as "createdAt", read_at as "readAt" from notifications
     where shard = any($1::smallint[]) and profile_id = any($2::uuid[]) order by created_at desc`,
    [profiles.map(shardOf), profiles],
  )
  yield* rows
}
