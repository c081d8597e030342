import type { Db } from '../platform/postgres/index.ts'
import { readTasks, whenever, type TaskRow } from './store.ts'

const PAGE = 100

/** Every task about these profiles, open ones first, read a page at a time. */
export async function* readTasksOf(db: Db, profiles: readonly string[]): AsyncIterable<object> {
  for (const state of ['open', 'done'] as const) {
    for (let behind: readonly [number, string] | null = null; ;) {
      const page: readonly TaskRow[] = await readTasks(db, { state, people: profiles }, behind, PAGE)
      for (const { profileId: _, run: __, dones: ___, ...task } of page) yield task
      const last = page.at(-1)
      if (page.length < PAGE || last === undefined) break
      behind = [state === 'open' ? (last.dueAt ?? whenever) : last.doneAt!, last.id]
    }
  }
}
