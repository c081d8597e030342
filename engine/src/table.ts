/**
 * Values by keys that only data knows, in the order in which they came: what a record of 50 such keys would be, as two lists.
 * A record of that many is a hash table to V8, which costs 30 µs to build for each person who is read, against 5; a look-up
 * is a walk over some ten pointers. Plain JSON, never changed: a change gives another table.
 */
export interface Table<V> {
  readonly keys: readonly string[]
  readonly values: readonly V[]
}

export const emptyTable: Table<never> = { keys: [], values: [] }

export function lookUp<V>({ keys, values }: Table<V>, key: string): V | undefined {
  const at = keys.indexOf(key)
  return at < 0 ? undefined : values[at]
}

export function withValue<V>({ keys, values }: Table<V>, key: string, value: V): Table<V> {
  const at = keys.indexOf(key)
  if (at < 0) return { keys: [...keys, key], values: [...values, value] }
  const changed = values.slice()
  changed[at] = value
  return { keys, values: changed }
}

/** Without those entries that do not pass; the same table when all do. */
export function filterTable<V>(table: Table<V>, passes: (key: string, value: V) => boolean): Table<V> {
  const kept = [...table.keys.keys()].filter((at) => passes(table.keys[at]!, table.values[at]!))
  if (kept.length === table.keys.length) return table
  return { keys: kept.map((at) => table.keys[at]!), values: kept.map((at) => table.values[at]!) }
}

export function tableOf<V>(record: { readonly [key: string]: V }): Table<V> {
  return { keys: Object.keys(record), values: Object.values(record) }
}

export function entriesOf<V>({ keys, values }: Table<V>): [key: string, value: V][] {
  return keys.map((key, at) => [key, values[at]!])
}
