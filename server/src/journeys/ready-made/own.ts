import type { Definition, JourneyDefinition } from '@throughline/contracts'
import { placeholderSite, type ReadyMade } from './read.ts'

/** A ready-made journey as a shop takes it over. */
export interface Owned {
  readonly journey: JourneyDefinition
  readonly others: readonly Definition[]
}

/**
 * A ready-made journey with everything that belongs to it under ids that are free, its links leading to the shop. All of its ids begin with
 * its own, so that a number behind that makes them all others: `recover-carts-email` becomes `recover-carts-2-email`.
 * @param taken ids of whatever kind that are in use
 * @param site the address of the shop
 */
export function makeOwn(ready: ReadyMade, taken: ReadonlySet<string>, site: string): Owned {
  const ids = [ready.journey, ...ready.others].map(({ id }) => id)
  const named = (prefix: string): Map<string, string> => new Map(ids.map((id) => [id, prefix + id.slice(ready.id.length)]))
  let names = named(ready.id)
  for (let n = 2; [...names.values()].some((id) => taken.has(id)); n++) names = named(`${ready.id}-${n}`)
  const address = site.replace(/\/+$/, '')
  const own = <T>(value: T): T => change(value, (text) => names.get(text) ?? text.replaceAll(placeholderSite, address)) as T
  return { journey: own(ready.journey), others: ready.others.map(own) }
}

/** The same with each text in it changed; the names of fields stay. */
function change(value: unknown, text: (before: string) => string): unknown {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map((one) => change(one, text))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(one, text)]))
}
