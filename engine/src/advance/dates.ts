import { hash32 } from '../hash.ts'
import { dateReached, type CompiledJourney, type DueDate } from '../journeys/index.ts'
import type { Entry } from '../profile.ts'
import type { Draft } from './draft.ts'
import { tryEntry } from './entering.ts'
import { byTime } from './memberships.ts'
import { inTurn } from './turns.ts'

const DAY = 86_400_000

/** Starts what a date of the person's starts at this instant, and finds the next one. */
export function enterByDates(draft: Draft): void {
  const at = draft.entersAt
  if (at === undefined || at > draft.clock) return
  inTurn(draft, draft.definitions.dated, false, (journeys) => {
    for (const journey of journeys)
      for (const [index, entry] of journey.entries.entries())
        enterByDate(draft, journey, index, entry.nextDate?.(draft, at - 1) ?? null, at)
  })
  draft.entersAt = nextEntry(draft, at)
}

function enterByDate(draft: Draft, journey: CompiledJourney, index: number, due: DueDate | null, at: number): void {
  const key = journey.entries[index]!.dateKey
  const { days = {}, count = 0 } = draft.entries[journey.id] ?? {}
  if (due === null || due.at !== at || due.day <= (days[key] ?? -Infinity)) return
  const id = `date:${journey.id}:${index}:${due.day}`
  const date = new Date(due.day * DAY).toISOString().slice(0, 10)
  tryEntry(draft, journey, { id, name: dateReached, at, hash: hash32(id), timestamp: at, properties: { entry: index, date } }, byTime)
  const entry = draft.entries[journey.id]
  if (entry !== undefined && entry.count > count)
    draft.entries = { ...draft.entries, [journey.id]: { ...entry, days: { ...keptDays(journey, entry.days), [key]: due.day } } }
}

/** What is remembered of dates that the journey still has. */
function keptDays({ entries }: CompiledJourney, days: Entry['days'] = {}): NonNullable<Entry['days']> {
  return Object.fromEntries(Object.entries(days).filter(([key]) => entries.some(({ dateKey }) => dateKey === key)))
}

/** When a date of theirs next starts a journey, epoch ms. */
export function nextEntry(draft: Draft, after: number): number | undefined {
  let next: number | undefined
  for (const journey of draft.definitions.dated) {
    for (const { nextDate } of journey.entries) {
      const due = nextDate?.(draft, after) ?? null
      if (due !== null && (next === undefined || due.at < next)) next = due.at
    }
  }
  return next
}

/** Finds the next date anew where what it hangs on has changed. */
export function keepDates(draft: Draft, isAnew: boolean): void {
  const { definitions, base } = draft
  if (definitions.dated.length === 0) draft.entersAt = undefined
  else if (isAnew || draft.memories !== base.memories || isTold(draft)) draft.entersAt = nextEntry(draft, draft.now - 1)
}

function isTold({ traits, base, definitions }: Draft): boolean {
  if (traits === base.traits) return false
  for (const name of definitions.dateTraits) if (traits[name] !== base.traits[name]) return true
  return false
}
