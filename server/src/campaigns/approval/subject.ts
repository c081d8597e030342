import { createHash } from 'node:crypto'
import type { ApprovalChange, CampaignDefinition, Definition, Json } from '@throughline/contracts'
import { referencesOf } from '@throughline/engine'
import { loadLatest } from '../../journeys/index.ts'
import type { Db } from '../../platform/postgres/index.ts'
import type { Send } from '../store.ts'
import { isSeries } from '../times.ts'

/** One thing that decides what a send says, to whom, and when. */
export interface Part {
  readonly kind: ApprovalChange['kind']
  readonly id: string
  readonly name: string
  readonly body: Json
}

/** What is approved. */
export interface Subject {
  readonly parts: readonly Part[]
  /** SHA-256 of the parts, hexadecimal. */
  readonly digest: string
}

/** Places of one part that are named, at most, and characters of a value. */
const MOST_PLACES = 20
const LONGEST = 300
/** So many of them stand before what differs. */
const LEAD = 60

/**
 * What a send says, to whom and when: its campaign in the version in which it goes out, the templates, segments and computed traits that this comes down
 * to, as they are in force, and the time and the line of this send. What differs from one send to the next of a series, or of a campaign that programs ask for, is left out.
 */
export async function readSubject(db: Db, send: Send, definition: CampaignDefinition): Promise<Subject> {
  const latest = (await loadLatest(db)).map(({ definition: one }) => one)
  return subjectOf(send, definition, latest)
}

/** The same of definitions at hand. Pure. */
export function subjectOf(
  send: Pick<Send, 'startsAt' | 'slot' | 'properties' | 'resendOf' | 'whom' | 'exceptGoal' | 'subject'>,
  definition: CampaignDefinition,
  inForce: readonly Definition[],
): Subject {
  const known = new Map(inForce.map((one) => [`${one.kind}/${one.id}`, one]))
  const templates = [definition.message.template, ...(definition.variants ?? []).flatMap(({ template }) => template ?? [])]
  const found = new Map<string, Part>()
  const add = (kind: 'template' | 'segment' | 'trait', id: string): void => {
    const key = `${kind}/${id}`
    const one = known.get(key)
    if (one === undefined || found.has(key)) return
    found.set(key, { kind, id, name: one.name, body: plain(one) })
    follow(one)
  }
  const follow = (one: Definition): void => {
    for (const { kind, id } of referencesOf(one)) if (kind === 'segment' || kind === 'trait') add(kind, id)
  }
  for (const id of templates) add('template', id)
  follow(definition)
  const isEach = isSeries(definition.when) || definition.when.kind === 'api'
  const isPlanned = definition.when.kind === 'once' && send.resendOf === null
  const own = {
    startsAt: isPlanned ? send.startsAt : null,
    slot: isPlanned ? send.slot : null,
    properties: isEach ? null : send.properties,
    resend: send.resendOf === null ? null : { of: send.resendOf, to: send.whom, exceptGoal: send.exceptGoal, subject: send.subject },
  }
  const parts: Part[] = [
    { kind: 'campaign', id: definition.id, name: definition.name, body: plain(definition) },
    ...[...found.values()].toSorted((a, b) => (`${a.kind}/${a.id}` < `${b.kind}/${b.id}` ? -1 : 1)),
    { kind: 'send', id: definition.id, name: 'this send', body: plain(own) },
  ]
  return { parts, digest: digestOf(parts) }
}

/** By content alone: names stand in the bodies, and the order of keys, which a database may change, counts for nothing. */
function digestOf(parts: readonly Part[]): string {
  return createHash('sha256')
    .update(JSON.stringify(parts.map(({ kind, id, body }) => [kind, id, sorted(body)])))
    .digest('hex')
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one as Json)]),
  )
}

/** As it would be read again: without what is undefined. */
const plain = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json

/** In what two subjects differ: part by part, and in each the places. Pure. */
export function changesBetween(before: readonly Part[], after: readonly Part[]): ApprovalChange[] {
  const keyOf = ({ kind, id }: Part): string => `${kind}/${id}`
  const old = new Map(before.map((part) => [keyOf(part), part]))
  const now = new Map(after.map((part) => [keyOf(part), part]))
  const told = ({ kind, id, name }: Part) => ({ kind, id, name })
  return [
    ...after.flatMap((part): ApprovalChange[] => {
      const earlier = old.get(keyOf(part))
      if (earlier === undefined) return [{ ...told(part), change: 'new', places: [], more: 0 }]
      if (JSON.stringify(sorted(earlier.body)) === JSON.stringify(sorted(part.body))) return []
      const places = placesBetween(earlier.body, part.body)
      return [{ ...told(part), change: 'changed', places: places.slice(0, MOST_PLACES), more: Math.max(0, places.length - MOST_PLACES) }]
    }),
    ...before.flatMap((part): ApprovalChange[] => (now.has(keyOf(part)) ? [] : [{ ...told(part), change: 'gone', places: [], more: 0 }])),
  ]
}

type Leaf = string | number | boolean

function placesBetween(before: Json, after: Json): ApprovalChange['places'] {
  const [old, now] = [leavesOf(before), leavesOf(after)]
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((field) => old.get(field) !== now.get(field))
    .map((field) => ({ field, ...wordsOf(old.get(field), now.get(field)) }))
}

function leavesOf(value: Json, field = '', into = new Map<string, Leaf>()): Map<string, Leaf> {
  if (typeof value !== 'object' || value === null) {
    if (field !== '' && value !== null) into.set(field, value)
    return into
  }
  for (const [key, one] of Object.entries(value))
    leavesOf(one as Json, Array.isArray(value) ? `${field}[${key}]` : field === '' ? key : `${field}.${key}`, into)
  return into
}

/** Both values as texts in which the difference can be seen: of long ones the part around the first character that is another. */
function wordsOf(before: Leaf | undefined, after: Leaf | undefined): { readonly before: string | null; readonly after: string | null } {
  const isByKind = before !== undefined && after !== undefined && String(before) === String(after)
  const [old, now] = [before, after].map((one) => (one === undefined ? null : isByKind ? JSON.stringify(one) : String(one))) as [
    string | null,
    string | null,
  ]
  const from =
    old === null || now === null || Math.max(old.length, now.length) <= LONGEST ? 0 : Math.max(0, firstDifference(old, now) - LEAD)
  return { before: old === null ? null : excerpt(old, from), after: now === null ? null : excerpt(now, from) }
}

function firstDifference(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  return at
}

function excerpt(text: string, from: number): string {
  const shown = text.slice(from, from + LONGEST)
  return `${from > 0 ? '…' : ''}${shown}${from + LONGEST < text.length ? '…' : ''}`
}
