import { eventNames, type ChannelKind, type Event } from '@throughline/contracts'
import { toOccurrence } from '../conditions/index.ts'
import type { CompiledSegment } from '../definitions/index.ts'
import type { Advance, AdvanceContext, Input } from '../ports.ts'
import { gate, type ProfileState, type Run } from '../profile.ts'
import { addressFor, channelsReachedBy } from '../policy/index.ts'
import { addAddressWord, learnFrom, suppressionKey } from '../profiles/index.ts'
import { addFact, openDraft, type Draft, type Heard } from './draft.ts'
import { closeDraft } from './close.ts'
import { enterByDates, keepDates } from './dates.ts'
import { byTime, catchUpWithTime, concernedBy, decideMembership, flipAnew, type Occasion } from './memberships.ts'
import { askAgain, hearTraitChanges, tryEntry, wakeAtGate } from './entering.ts'
import { hearAfterRun, journeyOf, leaveByWatches, wakingAt } from './leaving.ts'
import { uncountMessage } from './messaged.ts'
import { hearInRun, wake } from './runs.ts'
import { addToMemories, maxGenerations } from './remembering.ts'
import { followMappings } from './place.ts'
import { noteTraitChanges } from './trait-changes.ts'
import { inOrder, inTurn, nextTurn } from './turns.ts'

/** Waits that one advance ends; what is left is due at once and comes with the next. */
const maxWakes = 100

/**
 * Moves a profile by one event or by its timer, and says what follows.
 * Pure: the same profile, input and context give the same answer, ids included, and none of them is changed.
 * @returns the profile (the same object when nothing changed), the effects in the order in which they came about, and when it
 * has to be looked at again
 */
export function advance(profile: ProfileState, input: Input, ctx: AdvanceContext): Advance {
  const draft = openDraft(profile, ctx, input.kind === 'event' ? input.event.id : input.kind)
  followMappings(draft, byTime)
  switch (input.kind) {
    case 'event':
      hearEvent(draft, input.event)
      break
    case 'timer':
      draft.endsWaits = true
      catchUpWithTime(draft, draft.now + 1, hearFacts)
      wakeRuns(draft)
      break
    default:
      input satisfies never
  }
  return finish(draft, byTime)
}

/** Asks what hung on something pending, hears what is left to hear, and sets the next instant at which time changes something. */
export function finish(draft: Draft, occasion: Occasion, isAnew = false): Advance {
  followMappings(draft, byTime)
  leaveByWatches(draft, occasion)
  // Whoever waited for the reading of history was led there by something real: what they go on to starts what it starts.
  askAgain(draft, occasion.filled === true ? byTime : occasion)
  hearFacts(draft)
  leaveByWatches(draft, occasion)
  hearFacts(draft)
  if (draft.isUntimed || (draft.flipsAt !== undefined && draft.flipsAt <= draft.now)) draft.flipsAt = flipAnew(draft)
  keepDates(draft, isAnew)
  return closeDraft(draft)
}

function hearEvent(draft: Draft, event: Event): void {
  catchUpWithTime(draft, draft.now, hearFacts)
  uncountMessage(draft, event)
  const touched = learn(draft, event)
  if (isNew(draft.base)) touched.push(...draft.definitions.openSegments)
  if (draft.flipsAt === draft.now) touched.push(...draft.definitions.timedSegments)
  hear(draft, { occurrence: toOccurrence(event), triggers: event.triggers, generation: 0 }, touched)
}

/** Whether nothing was ever decided about this person: whoever was in a segment since then has left it by something known. */
function isNew({ traits, memories, segments }: ProfileState): boolean {
  return memories.keys.length === 0 && segments.keys.length === 0 && isEmpty(traits)
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false
  return true
}

/** Takes in what the event says about the person; returns the segments that look at traits which changed. */
function learn(draft: Draft, event: Event): CompiledSegment[] {
  const before = draft.traits
  const { known, changed } = learnFrom(draft, event)
  draft.traits = known.traits
  draft.consents = known.consents
  draft.suppressed = known.suppressed
  if (changed.length > 0) noteTraitChanges(draft, before, changed, { triggers: event.triggers, generation: 0 })
  const touched: CompiledSegment[] = []
  for (const name of changed) touched.push(...concernedBy(draft, name))
  if (draft.suppressions !== undefined) for (const channel of channelsReachedBy(changed)) learnOfAddress(draft, event, channel)
  return touched
}

/**
 * What stands of the address that the event tells is known from that event on, and a fact says so where it is news: that it is to get
 * nothing, or that it does again, of which nobody told a person to whom it does not lead.
 */
function learnOfAddress(draft: Draft, event: Event, channel: ChannelKind): void {
  const address = addressFor(channel, draft)
  if (draft.suppressions === undefined || address === null) return
  const key = suppressionKey(channel, address)
  const reason = draft.suppressions.get(key)
  if (reason === undefined || (draft.suppressed[key]?.[0] ?? '') === reason) return
  const words = addAddressWord(draft.suppressed, key, [reason, draft.now])
  if (words === draft.suppressed) return
  draft.suppressed = words
  const properties = { channel, address: key.slice(channel.length + 1), ...(reason !== '' && { reason }) }
  const name = reason === '' ? eventNames.addressReleased : eventNames.addressSuppressed
  addFact(draft, name, draft.now, properties, { triggers: event.triggers, generation: 0 })
}

/**
 * Leaves first, then memberships, then runs, then entries: what is asked later sees what was learned before. Runs and entries have
 * their turn by the priority of their journeys.
 */
function hear(draft: Draft, heard: Heard, touched: CompiledSegment[] = []): void {
  const { occurrence } = heard
  const concern = heard.generation > maxGenerations ? undefined : draft.definitions.concernOf(occurrence.name)
  if (concern !== undefined && heard.touched === undefined) addToMemories(draft, concern, occurrence, touched)
  if (concern !== undefined) for (const segment of concern.segments) if (!touched.includes(segment)) touched.push(segment)
  for (const segment of touched) decideMembership(draft, segment, heard)
  if (concern === undefined) return
  if (heard.backfill)
    inTurn(draft, concern.entries, false, (journeys) => {
      for (const journey of journeys) tryEntry(draft, journey, occurrence, { ...byTime, generation: heard.generation }, { filled: true })
    })
  if (!heard.triggers) return
  leaveByWatches(draft, heard)
  for (const journey of concern.endings) hearAfterRun(draft, journey, occurrence, heard)
  inTurn(draft, concern.entries, concern.moves, (journeys, runs) => {
    if (concern.moves) for (const run of runs()) hearInRun(draft, run, occurrence, heard)
    for (const journey of journeys) tryEntry(draft, journey, occurrence, heard)
  })
}

/** Hears the facts that were concluded and that a definition reads, and those that follow from them. */
export function hearFacts(draft: Draft): void {
  enterByDates(draft)
  hearTraitChanges(draft)
  for (;;) {
    const heard = draft.unheard.shift()
    if (heard !== undefined) hear(draft, heard, heard.touched === undefined ? [] : [...heard.touched])
    else if (!takeTurn(draft)) return
    hearTraitChanges(draft)
  }
}

/** Lets those have their turn whose turn is next: a wait of a more important journey that is over at this instant goes before them. */
function takeTurn(draft: Draft): boolean {
  const turn = nextTurn(draft)
  if (turn === undefined) return false
  const due = draft.endsWaits ? earliestDue(draft, draft.clock) : undefined
  if (due !== undefined && (journeyOf(draft, due.run)?.priority ?? 0) > turn.priority && draft.woken++ < maxWakes) endWait(draft, due)
  else {
    draft.later.splice(draft.later.indexOf(turn), 1)
    turn.take()
  }
  return true
}

/** Ends every wait that is over, in order of time, each at its own instant: what it leads to counts from there. */
function wakeRuns(draft: Draft): void {
  while (draft.woken++ < maxWakes) {
    const due = earliestDue(draft, draft.now)
    if (due === undefined) return
    endWait(draft, due)
    hearFacts(draft)
  }
}

interface Due {
  readonly run: Run
  readonly at: number
}

function endWait(draft: Draft, { run, at }: Due): void {
  leaveByWatches(draft, byTime)
  if (draft.runs.includes(run)) (run.step === gate ? wakeAtGate : wake)(draft, run, at, byTime)
}

/** The wait that is over first; of several the one whose journey goes first. */
function earliestDue(draft: Draft, until: number): Due | undefined {
  let earliest: Due | undefined
  for (const run of inOrder(draft)) {
    const at = wakingAt(draft, run)
    if (at !== undefined && at <= until && (earliest === undefined || at < earliest.at)) earliest = { run, at }
  }
  return earliest
}
