import { eventNames, type Json } from '@throughline/contracts'
import { everyLeaf, isAnyPending, isPending, pendingOf, type Memory } from '../conditions/index.ts'
import type { CompiledSegment } from '../definitions/index.ts'
import type { Advance, AdvanceContext, LeafStates } from '../ports.ts'
import { gate, type Entry, type ProfileState, type Run } from '../profile.ts'
import { mergeConsents, mergeSuppressed, mergeTraits, mergeWithdrawals, fillTraits } from '../profiles/index.ts'
import { emptyTable, entriesOf, filterTable, lookUp } from '../table.ts'
import { finish, hearFacts } from './advance.ts'
import { joinWays } from './conversion.ts'
import { addFact, openDraft, setMemory, untime, type Draft } from './draft.ts'
import { slotOfRun } from './leaving.ts'
import { mergeMessaged } from './messaged.ts'
import { byBackfill, byFilling, catchUpWithTime, decideMembership, leave, nextFlip, type Occasion } from './memberships.ts'

/**
 * Merges leaf states folded from history into those that were kept live since, and decides everything anew: memberships
 * (as "filled": they start no journey), and runs that hung on a pending leaf. With no states it decides anew only; call it so
 * for every profile once leaves are no longer pending, or segments were published that look at traits alone. A leaf that is
 * pending for this profile alone stays so until {@link adoptProfile}, which brings all of its history.
 * @param filled pending leaves of which these states are all that history knows: they are not pending for this profile from here
 * on, and only what hangs on them is decided
 */
export function adoptLeaves(profile: ProfileState, states: LeafStates, ctx: AdvanceContext, filled?: ReadonlySet<string>): Advance {
  const [first] = filled ?? []
  const draft = openDraft(profile, ctx, first === undefined ? 'adopt' : `fill ${first}`)
  catchUpWithTime(draft, draft.now, hearFacts)
  forgetUnused(draft)
  adoptStates(draft, states)
  if (filled !== undefined) draft.shardPending = new Set([...ctx.pending].filter((leaf) => !filled.has(leaf)))
  settle(draft)
  return filled === undefined ? decideAnew(draft, byBackfill) : decideBy(draft, filled)
}

/**
 * Merges a whole profile folded from history ({@link foldProfile}) with what was learned live since {@link beginRefold}.
 * All its leaves are known then, unless it was folded for another who was merged into this one since.
 */
export function adoptProfile(profile: ProfileState, folded: ProfileState, ctx: AdvanceContext): Advance {
  const draft = openDraft(profile, ctx, 'adopt')
  draft.traits = mergeTraits(profile.traits, folded.traits)
  draft.consents = mergeConsents(profile.consents, folded.consents)
  draft.suppressed = mergeSuppressed(profile.suppressed, folded.suppressed)
  draft.entries = { ...folded.entries, ...profile.entries }
  for (const [key, state] of entriesOf(folded.memories)) {
    const memory = draft.definitions.memories.get(key)
    if (memory !== undefined && isMemoryPending(draft, memory)) adoptState(draft, memory, state)
    else if (memory !== undefined && memory.counts === undefined) mergeMemory(draft, memory, state)
  }
  if (folded.id === profile.id) draft.pending = undefined
  settle(draft)
  return decideAnew(draft)
}

/**
 * The profile as it waits to be folded again from history after an unmerge: what it was told is set aside, since it may have
 * been told to the other; opt-outs, runs and memberships stay, and all decisions on leaves wait.
 */
export function beginRefold(profile: ProfileState, ctx: AdvanceContext): ProfileState {
  const { flipsAt: _, entersAt: __, ...kept } = profile
  return { ...kept, traits: {}, memories: emptyTable, pending: ctx.definitions.leaves.size === 0 ? [] : [everyLeaf] }
}

/**
 * The profile as it waits to be folded again because something about it is in doubt: what it remembers of events is set aside, all
 * else stays, and decisions on leaves wait.
 */
export function doubtMemories(profile: ProfileState, ctx: AdvanceContext): ProfileState {
  const { flipsAt: _, ...kept } = profile
  return { ...kept, memories: emptyTable, pending: ctx.definitions.leaves.size === 0 ? [] : [everyLeaf] }
}

/**
 * Joins two profiles that prove to be one person. The winner's traits that say something stay, the loser's fill the gaps;
 * a withdrawal on either side holds; of what was told of an address the later word; leaf states merge; of two runs of a journey the earlier stays,
 * the loser's others move over under their ids; entries add up. Nothing is triggered: memberships change as "filled".
 * @param loser its last state; a leaf that was pending in its shard must stand in its `pending`
 */
export function mergeProfiles(winner: ProfileState, loser: ProfileState, ctx: AdvanceContext): Advance {
  const draft = openDraft(winner, ctx, `merge ${loser.id}`)
  catchUpWithTime(draft, draft.now, hearFacts)
  draft.traits = fillTraits(winner.traits, loser.traits)
  draft.consents = mergeWithdrawals(winner.consents, loser.consents)
  draft.suppressed = mergeSuppressed(winner.suppressed, loser.suppressed)
  draft.pending = pendingOf(union(winner.pending ?? [], loser.pending ?? []))
  waitForHistory(draft, loser)
  for (const [key, state] of entriesOf(loser.memories)) {
    const memory = draft.definitions.memories.get(key)
    if (memory !== undefined) mergeMemory(draft, memory, state)
  }
  settle(draft)
  mergeEntries(draft, loser)
  mergeRuns(draft, loser)
  draft.messaged = mergeMessaged(winner.messaged, loser.messaged)
  addFact(draft, eventNames.profilesMerged, draft.now, { winner: winner.id, loser: loser.id }, byFilling)
  return decideAnew(draft)
}

/** What counts takes in no history but while it waits for it: afterwards all of it is known, and would count twice. */
function adoptStates(draft: Draft, states: LeafStates): void {
  const adopted = new Set<Memory>()
  for (const [key, state] of Object.entries(states)) {
    const memory = draft.definitions.leaves.get(key)?.memory
    if (memory === undefined || adopted.has(memory) || isOwnPending(draft, key)) continue
    if (memory.counts !== undefined && !isPending(draft, key)) continue
    adopted.add(memory)
    adoptState(draft, memory, state)
  }
}

/** Whether it waits for this profile to be folded as a whole, by which a part would count twice or outlive an undone merge. */
function isOwnPending({ pending }: Draft, leaf: string): boolean {
  return pending !== undefined && (pending.includes(leaf) || pending.includes(everyLeaf))
}

function adoptState(draft: Draft, memory: Memory, state: Json): void {
  if (memory.counts === undefined) return mergeMemory(draft, memory, state)
  const standing = lookUp(draft.memories, memory.key)
  untime(draft)
  setMemory(draft, memory.key, standing === undefined ? state : memory.counts.adopt(standing, state))
}

/** Lets go of what memories that count held while history was being read. */
function settle(draft: Draft): void {
  for (const [key, state] of entriesOf(draft.memories)) {
    const memory = draft.definitions.memories.get(key)
    if (memory?.counts === undefined || isMemoryPending(draft, memory)) continue
    const settled = memory.counts.settle(state)
    if (settled !== state) setMemory(draft, key, settled)
  }
}

function isMemoryPending(draft: Draft, memory: Memory): boolean {
  return isAnyPending(draft, draft.definitions.leavesByMemory.get(memory.key) ?? [])
}

/**
 * What counts, and still waits for history in the winner's shard, gets the loser's part with it: the person is folded anew as a
 * whole, since the part that is read for the shard alone would take the place of what the loser had added up.
 */
function waitForHistory(draft: Draft, loser: ProfileState): void {
  const waiting: string[] = []
  for (const key of loser.memories.keys) {
    const memory = draft.definitions.memories.get(key)
    if (memory?.counts === undefined || !isMemoryPending(draft, memory)) continue
    waiting.push(...(draft.definitions.leavesByMemory.get(key) ?? []))
  }
  if (waiting.length > 0) draft.pending = pendingOf(union(draft.pending ?? [], waiting))
}

function mergeMemory(draft: Draft, memory: Memory, state: Json): void {
  const standing = lookUp(draft.memories, memory.key)
  untime(draft)
  setMemory(draft, memory.key, standing === undefined ? state : memory.merge(standing, state))
}

/** Lets go of what no definition asks for any more. */
function forgetUnused(draft: Draft): void {
  const { memories } = draft.definitions
  draft.memories = filterTable(draft.memories, (key) => memories.has(key))
}

function mergeEntries(draft: Draft, loser: ProfileState): void {
  const entries = { ...draft.entries }
  for (const [journey, theirs] of Object.entries(loser.entries)) {
    const ours = entries[journey]
    entries[journey] = ours === undefined ? theirs : mergeEntry(ours, theirs)
  }
  draft.entries = entries
}

/** They add up; the latest run of the two is the one that is remembered. */
function mergeEntry(ours: Entry, theirs: Entry): Entry {
  const { over: _, ...latest } = theirs.lastAt > ours.lastAt ? theirs : ours
  const recent = [...(ours.recent ?? []), ...(theirs.recent ?? [])].sort((a, b) => a - b)
  return { ...latest, count: ours.count + theirs.count, ...(recent.length > 0 && { recent }) }
}

function mergeRuns(draft: Draft, loser: ProfileState): void {
  for (const theirs of loser.runs) {
    const ours = draft.runs.find((run) => slotOfRun(run) === slotOfRun(theirs))
    const stays = ours === undefined || isEarlier(theirs, ours) ? theirs : ours
    const goes = stays === ours ? theirs : ours
    if (stays === theirs) {
      draft.runs = [...draft.runs.filter((run) => run !== ours), theirs]
      if (theirs.step !== gate) draft.effects.push({ kind: 'run-at', run: theirs })
    }
    // Nobody was told of a run at the gate.
    if (goes === undefined || goes.step === gate) continue
    joinWays(draft, stays, goes)
    const { id: run, journey, version, step } = goes
    const reason = 'merged with a run that began earlier'
    addFact(draft, eventNames.journeyLeft, draft.now, { journey, version, run, step, reason }, byFilling)
    draft.effects.push({ kind: 'edge', journey, version, edge: 'left:exit' }, { kind: 'run-over', run, journey, version, reason })
  }
}

/** Whether one run began before another; one at the gate has not begun. */
function isEarlier(a: Run, b: Run): boolean {
  return (a.step === gate) === (b.step === gate) ? a.enteredAt < b.enteredAt : b.step === gate
}

/** The segments that hang on these leaves, found once for everybody of a fill. */
const concerned = new WeakMap<ReadonlySet<string>, { readonly of: Draft['definitions']; readonly segments: readonly CompiledSegment[] }>()

function decideBy(draft: Draft, filled: ReadonlySet<string>): Advance {
  let found = concerned.get(filled)
  if (found?.of !== draft.definitions) {
    const segments = draft.definitions.segments.filter(({ condition }) => condition.leaves.some(({ key }) => filled.has(key)))
    concerned.set(filled, (found = { of: draft.definitions, segments }))
  }
  for (const segment of found.segments) {
    decideMembership(draft, segment, byBackfill)
    if (segment.condition.timed) untime(draft)
  }
  return finish(draft, byFilling, true)
}

function decideAnew(draft: Draft, occasion: Occasion = byFilling): Advance {
  for (const id of draft.segments.keys) if (draft.definitions.archivedSegments.has(id)) leave(draft, id, byFilling)
  for (const segment of draft.definitions.segments) decideMembership(draft, segment, occasion)
  draft.flipsAt = nextFlip(draft, draft.now)
  return finish(draft, byFilling, true)
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  const added = b.filter((item) => !a.includes(item))
  return added.length === 0 ? a : [...a, ...added]
}
