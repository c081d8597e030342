import type { PersonDetail } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'
import { historyAway } from './errors.ts'
import type { History } from './history.ts'
import { readTimeline, type TimelinePage } from './timeline.ts'

/** A list of a person that another domain keeps: its name in the file, and how it is read. */
export interface KeptBeside {
  readonly name: string
  read(profiles: readonly string[]): AsyncIterable<unknown>
}

const PAGE = 500

/**
 * Everything known of a person as one JSON object, written as it is read: who they are, each list that is kept beside,
 * and all events down to the first.
 * @throws PersonError `history_away` when ClickHouse does not answer: a file that lacks events must not look whole
 */
export async function makeAccessFile(
  db: Db,
  history: History,
  person: PersonDetail,
  profiles: readonly string[],
  beside: readonly KeptBeside[],
): Promise<AsyncIterable<string>> {
  const page = async (after?: { timestamp: number; id: string }): Promise<TimelinePage> => {
    const found = await readTimeline(db, history, person.id, after, PAGE)
    if (found.note !== undefined) throw historyAway()
    return found
  }
  const first = await page()
  async function* events(): AsyncIterable<unknown> {
    for (let at = first; ; at = await page(at.next)) {
      yield* at.items
      if (at.next === null) return
    }
  }
  return writeObject({ about: 'Everything that is known of one person', at: new Date().toISOString(), person, profiles }, [
    ...beside.map(({ name, read }) => ({ name, items: read(profiles) })),
    { name: 'events', items: events() },
  ])
}

async function* writeObject(fields: object, lists: readonly { name: string; items: AsyncIterable<unknown> }[]): AsyncIterable<string> {
  yield JSON.stringify(fields, null, 1).replace(/\n\}$/, '')
  for (const { name, items } of lists) {
    yield `,\n ${JSON.stringify(name)}: [`
    let before = ''
    for await (const item of items) {
      yield `${before}\n  ${JSON.stringify(item)}`
      before = ','
    }
    yield '\n ]'
  }
  yield '\n}\n'
}
