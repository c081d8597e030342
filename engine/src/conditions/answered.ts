import { eventNames, type Json } from '@throughline/contracts'
import { compareText } from '../compare-text.ts'
import { hash32 } from '../hash.ts'
import { lookUp } from '../table.ts'
import { isPending, type Compiler, type Leaf, type Memory, type Occurrence, type View } from './behaviour.ts'

/**
 * What somebody got from us and what of it they answered, by channel: `[channel, sent, answered, channel, sent, answered, …]`, channels by
 * their names. `sent` and `answered` are marks: `[second, message, second, message, …]`, a message being the hash of its id and standing
 * once, at the latest second at which it was told of; only the latest {@link KEEP} are held. Since a mark only ever moves to a later
 * second, and what is let go of lies behind so many later ones wherever it is joined, merging is commutative, associative and idempotent.
 */
type Marks = readonly number[]
interface Channel {
  readonly channel: string
  readonly sent: Marks
  readonly answered: Marks
}

/** So many messages of each channel are told apart: some 10 bytes each. */
const KEEP = 16
/** After so many ms a message counts half. */
const HALF_LIFE_MS = 90 * 86_400_000
/** A message that nobody answered counts from so many ms on: before that they may not have seen it. */
export const ANSWER_TIME_MS = 86_400_000

/** What somebody answered by one channel; `weight…` the same with older messages counting less. */
export interface Answered {
  readonly sent: number
  readonly answered: number
  readonly weightSent: number
  readonly weightAnswered: number
}

/** Events that tell it. What they open and click in by machines is none. */
export const answerEvents = {
  sent: eventNames.messageSent,
  answers: [eventNames.messageOpened, eventNames.messageClicked, eventNames.messageReceived],
} as const

const KEY = 'answered'

/** What somebody answered by a channel, up to an instant; null while their history is still being read. */
export function compileAnswered(compiler: Compiler): (view: View, channel: string, now: number) => Answered | null {
  const leaf: Leaf = compiler.leaf(KEY, { keep: KEEP, within: undefined }, () => memory)
  return (view, channel, now) => (isPending(view, leaf.key) ? null : countAnswered(lookUp(view.memories, KEY), channel, now))
}

const memory: Memory = {
  key: KEY,
  eventNames: [answerEvents.sent, ...answerEvents.answers],
  widen: () => undefined,
  add(state, occurrence) {
    const told = read(occurrence)
    return told === null ? state : join(state, [told])
  },
  merge: (a, b) => join(a, readState(b)),
}

function read({ name, properties, at }: Occurrence): Channel | null {
  const { message_id: id, channel, machine, test, rehearsed } = properties
  // Messages to try something out say nothing, nor does silence about those that a rehearsal made up.
  if (typeof id !== 'string' || typeof channel !== 'string' || machine === true || test === true || rehearsed === true) return null
  const mark = [Math.floor(at / 1_000), hash32(id)]
  return name === answerEvents.sent ? { channel, sent: mark, answered: [] } : { channel, sent: [], answered: mark }
}

function join(state: Json | undefined, others: readonly Channel[]): Json {
  const known = readState(state)
  let changed = false
  const joined = new Map(known.map((one) => [one.channel, one]))
  for (const other of others) {
    const one = joined.get(other.channel)
    const sent = one === undefined ? other.sent : joinMarks(one.sent, other.sent)
    const answered = one === undefined ? other.answered : joinMarks(one.answered, other.answered)
    if (one !== undefined && sent === one.sent && answered === one.answered) continue
    changed = true
    joined.set(other.channel, { channel: other.channel, sent, answered })
  }
  if (!changed && state !== undefined) return state
  return [...joined.values()]
    .sort((a, b) => compareText(a.channel, b.channel))
    .flatMap(({ channel, sent, answered }): Json[] => [channel, [...sent], [...answered]])
}

/** Marks of both; the first of them itself when the second adds nothing. */
function joinMarks(one: Marks, two: Marks): Marks {
  if (two.length === 0) return one
  const latest = new Map<number, number>()
  for (const marks of [one, two])
    for (let i = 0; i < marks.length; i += 2) latest.set(marks[i + 1]!, Math.max(marks[i]!, latest.get(marks[i + 1]!) ?? 0))
  const joined = [...latest]
    .sort(([a, from], [b, to]) => from - to || a - b)
    .slice(-KEEP)
    .flatMap(([message, second]) => [second, message])
  return joined.length === one.length && joined.every((part, i) => part === one[i]) ? one : joined
}

function readState(state: Json | undefined): Channel[] {
  const found: Channel[] = []
  if (!Array.isArray(state)) return found
  for (let i = 0; i + 2 < state.length; i += 3) {
    const [channel, sent, answered] = [state[i], state[i + 1], state[i + 2]]
    if (typeof channel === 'string' && isMarks(sent) && isMarks(answered)) found.push({ channel, sent, answered })
  }
  return found
}

function isMarks(part: Json | undefined): part is number[] {
  return Array.isArray(part)
}

function countAnswered(state: Json | undefined, wanted: string, now: number): Answered {
  const found = readState(state).find(({ channel }) => channel === wanted)
  const counted = { sent: 0, answered: 0, weightSent: 0, weightAnswered: 0 }
  if (found === undefined) return counted
  const answers = new Set(found.answered.filter((_, i) => i % 2 === 1))
  for (let i = 0; i < found.sent.length; i += 2) {
    const age = now - found.sent[i]! * 1_000
    const isAnswered = answers.has(found.sent[i + 1]!)
    if (!isAnswered && age < ANSWER_TIME_MS) continue
    const weight = 2 ** (-Math.max(0, age) / HALF_LIFE_MS)
    counted.sent++
    counted.weightSent += weight
    if (!isAnswered) continue
    counted.answered++
    counted.weightAnswered += weight
  }
  return counted
}
