import type { ShopEntry } from '@throughline/engine'
import type { Past } from '../segments/index.ts'

/**
 * Whom an event of the shop concerns, each with the keys of the entries that it concerns them by, in the order of the journey.
 * @param at when it was received, epoch ms
 */
export async function concernedIn(
  past: Past,
  entries: readonly ShopEntry[],
  at: number,
  about: Parameters<Past['peopleAt']>[2],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const concerned = new Map<string, string[]>()
  for (const { key, concerns } of entries) {
    if (concerns === null) continue
    for (const id of await past.peopleAt(concerns, at, about)) {
      const keys = concerned.get(id)
      if (keys === undefined) concerned.set(id, [key])
      else keys.push(key)
    }
  }
  return concerned
}
