import { durationToMs, eventNames, type Alone } from '@throughline/contracts'
import type { CompiledJourney } from '../journeys/index.ts'
import type { Above } from '../policy/index.ts'
import { gate, type Run } from '../profile.ts'
import { addFact, type Draft, type Turn } from './draft.ts'
import { isHalted, journeyOf, type From } from './leaving.ts'

/**
 * Lets journeys make something of what was heard: those of the highest priority at once, the others when nothing is left to be heard that
 * those above them may make something of. Within a priority what was heard first comes first.
 * @param take called once for each priority, with those of its journeys that may be meant
 */
export function inTurn(
  draft: Draft,
  journeys: readonly CompiledJourney[],
  moves: boolean,
  take: (journeys: readonly CompiledJourney[], runs: () => readonly Run[]) => void,
): void {
  const { priorities } = draft.definitions
  if (priorities.length < 2) return take(journeys, () => inOrder(draft))
  // Who is put off may come in before what is heard now is theirs to hear.
  const mayMove = moves && draft.runs.length + draft.later.length > 0
  for (const priority of priorities) {
    const meant = journeys.filter((journey) => journey.priority === priority)
    if (meant.length === 0 && !mayMove) continue
    const turn = (): void => take(meant, () => inOrder(draft).filter((run) => journeyOf(draft, run)?.priority === priority))
    if (priority === priorities[0]) turn()
    else draft.later.push({ priority, take: turn })
  }
}

/** The turn that is next: of the highest priority, and of those the one that was put off first. */
export function nextTurn({ later }: Draft): Turn | undefined {
  let next: Turn | undefined
  for (const turn of later) if (next === undefined || turn.priority > next.priority) next = turn
  return next
}

/** A person's runs in the order in which they have their turn. */
export function inOrder(draft: Draft): readonly Run[] {
  return draft.runs.length < 2 ? draft.runs : [...draft.runs].sort((a, b) => turnOf(draft, a) - turnOf(draft, b))
}

function turnOf(draft: Draft, run: Run): number {
  const journey = journeyOf(draft, run)
  return (journey === undefined ? undefined : draft.definitions.turns.get(journey)) ?? Infinity
}

interface Found<A extends Alone = Alone> {
  readonly journey: CompiledJourney
  readonly alone: A
  readonly run: Run
}

/**
 * Runs of journeys above this one during which it is to hold back in this way, the most important first. One that is paused holds
 * nobody back.
 */
function findAbove<O extends Alone['others']>(
  draft: Draft,
  below: CompiledJourney,
  others: O,
): readonly Found<Extract<Alone, { others: O }>>[] {
  if (!draft.definitions.loners.has(others)) return []
  return inOrder(draft).flatMap((run) => {
    const journey = run.step === gate ? undefined : journeyOf(draft, run)
    const alone = journey?.alone ?? null
    if (journey === undefined || alone === null || !isOf(alone, others)) return []
    return journey.priority > below.priority && !isHalted(draft, journey.id) ? [{ journey, alone, run }] : []
  })
}

function isOf<O extends Alone['others']>(alone: Alone, others: O): alone is Extract<Alone, { others: O }> {
  return alone.others === others
}

/** What policy has to know of journeys above the one that wants to say something. */
export function aboveOf(draft: Draft, journey: CompiledJourney, run: Run): Above | undefined {
  // Whoever came in before goes on.
  const closed = findAbove(draft, journey, 'stay-out').find((above) => above.run.enteredAt <= run.enteredAt)
  if (closed !== undefined) return { name: closed.journey.name }
  const [first] = findAbove(draft, journey, 'wait')
  if (first === undefined) return undefined
  const { atMost } = first.alone
  return { name: first.journey.name, wait: { atMost, until: run.since + durationToMs(atMost) } }
}

/**
 * Whether a journey does not take somebody in because of one above it, of which a fact says so once in each run of that one. A journey that
 * says something which is no marketing takes them in; its marketing is policy's to judge.
 */
export function isKeptOut(draft: Draft, journey: CompiledJourney, at: number, from: From): boolean {
  const [found] = journey.serves ? [] : findAbove(draft, journey, 'stay-out')
  if (found === undefined) return false
  const { journey: above, run } = found
  const { refused = [] } = run
  if (refused.includes(journey.id)) return true
  draft.runs = draft.runs.map((one) => (one === run ? { ...run, refused: [...refused, journey.id] } : one))
  const { id, version } = journey
  const reason = `Not let in: is in ${above.name}, which is more important and keeps others out`
  addFact(draft, eventNames.journeyRefused, at, { journey: id, version, because: above.id, reason }, from)
  draft.effects.push({ kind: 'edge', journey: id, version, edge: 'kept-out' })
  return true
}
