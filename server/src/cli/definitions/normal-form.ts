import type { InFile, JourneyDefinition } from '@throughline/contracts'
import { canonicalJson } from '../../platform/text/index.ts'
import { fileKinds, type FileKind } from './kinds.ts'

type Tree = Readonly<Record<string, unknown>>

/**
 * The one order in which a definition is written, whoever wrote it and wherever it was stored: fields as its schema has them,
 * steps as one meets them on the way, names of traits and headers by the alphabet.
 */
export function inOrder<D extends InFile>(definition: D): D {
  const ordered = fileKinds[definition.kind].schema.parse(definition) as D
  return sortNames(ordered.kind === 'journey' ? { ...ordered, steps: stepsInOrder(ordered) } : ordered) as D
}

/** A definition in its order, without what holds anyway when nothing is said. */
export function inShort<D extends InFile>(definition: D): D {
  const full = inOrder(definition)
  const { schema } = fileKinds[full.kind]
  const meant = canonicalJson(full)
  const same = (short: unknown): boolean => {
    const { success, data } = schema.safeParse(short)
    return success && canonicalJson(data) === meant
  }
  const said = defaultsOf(full.kind)
  const places = [...findPlaces(full, said, [])]
  const without = places.reduce<unknown>((rest, place) => remove(rest, place), full)
  if (same(without)) return without as D
  // Some field has a default in one place and must be said in another: one by one, from the inside.
  return places.toReversed().reduce<unknown>((rest, place) => {
    const shorter = remove(rest, place)
    return same(shorter) ? shorter : rest
  }, full) as D
}

/** Whether two say the same. */
export function meanTheSame(a: InFile, b: InFile): boolean {
  return canonicalJson(a) === canonicalJson(b)
}

/** A definition without how it stands, which is no part of any version. */
export function stateless<D extends InFile>(definition: D): D {
  if (definition.kind !== 'journey') return definition
  const { state: _, ...rest } = definition
  return rest as D
}

/** What is in force as a file has to say it: how a journey stands only where the file says so at all. */
export function asFileMeans(published: InFile, file: InFile | undefined): InFile {
  const isAsked = published.kind === 'journey' && file?.kind === 'journey' && file.state !== undefined
  return isAsked ? { ...published, state: published.state ?? 'live' } : stateless(published)
}

function stepsInOrder({ start, steps }: JourneyDefinition): JourneyDefinition['steps'] {
  const met = new Set<string>()
  const queue = [start]
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const step = steps[id]
    if (step === undefined || met.has(id)) continue
    met.add(id)
    // What comes next before what is far away: ways lead on in front of those that wait.
    queue.unshift(...namesOfNext(step).filter((next) => !met.has(next)))
  }
  // Steps that no way leads to stand last; a definition with such steps can be published by nobody, but be written.
  const rest = Object.keys(steps)
    .filter((id) => !met.has(id))
    .sort()
  return Object.fromEntries([...met, ...rest].map((id) => [id, steps[id]!]))
}

/** Found by their names, so that every kind of step is looked through. */
function namesOfNext(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([key, value]: [string, unknown]) => {
    if ((key === 'next' || key === 'otherwise') && typeof value === 'string') return [value]
    return key === 'if' || key === 'on' || key === 'set' ? [] : namesOfNext(value)
  })
}

const byName = new Set(['set', 'headers'])

function sortNames(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(sortNames)
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(
    Object.entries(part).map(([key, value]: [string, unknown]) => [
      key,
      byName.has(key) && typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : sortNames(value),
    ]),
  )
}

const known = new Map<FileKind, ReadonlySet<string>>()

/** Every field with a default, as `name value`, of a kind's schema. */
function defaultsOf(kind: FileKind): ReadonlySet<string> {
  const found = known.get(kind) ?? new Set(findDefaults(fileKinds[kind].schema.toJSONSchema({ io: 'input' })))
  known.set(kind, found)
  return found
}

function* findDefaults(schema: unknown, name?: string): Iterable<string> {
  if (typeof schema !== 'object' || schema === null) return
  if (name !== undefined && 'default' in schema) yield `${name} ${canonicalJson(schema.default)}`
  for (const [key, value] of Object.entries(schema) as [string, unknown][])
    if (key === 'properties') for (const [property, inner] of Object.entries(value as Tree)) yield* findDefaults(inner, property)
    else if (key !== 'default') yield* findDefaults(value)
}

type Place = readonly (string | number)[]

/** The outer before the inner. */
function* findPlaces(part: unknown, defaults: ReadonlySet<string>, place: Place): Iterable<Place> {
  if (typeof part !== 'object' || part === null) return
  for (const [key, value] of Array.isArray(part) ? part.entries() : (Object.entries(part) as [string | number, unknown][])) {
    if (defaults.has(`${key} ${canonicalJson(value)}`)) yield [...place, key]
    else yield* findPlaces(value, defaults, [...place, key])
  }
}

function remove(part: unknown, [key, ...rest]: Place): unknown {
  if (typeof part !== 'object' || part === null || key === undefined) return part
  if (Array.isArray(part)) return part.map((one: unknown, index) => (index === key ? remove(one, rest) : one))
  const { [key]: inner, ...others } = part as Record<string | number, unknown>
  if (rest.length === 0) return others
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, name === key ? remove(inner, rest) : value]))
}
