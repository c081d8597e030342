import { channelTable, enoughMessages, type StepOf } from '@throughline/contracts'
import { compileAnswered, type Answered, type Compiler } from '../conditions/index.ts'
import { murmur32 } from '../hash.ts'
import type { Visit } from './behaviour.ts'

type BestMessage = StepOf<'best-message'>

/** In which order channels are asked, by their places in the list of the step, and why one of them is asked before the others. */
export interface ChannelOrder {
  readonly places: readonly number[]
  why(place: number): readonly string[]
}

/** The order of those channels of a step that are left; null while it hangs on history that is still being read. */
export type OrderChannels = (visit: Visit, left: readonly number[]) => ChannelOrder | null

const asWritten = (left: readonly number[], why: readonly string[] = []): ChannelOrder => ({ places: left, why: () => why })

/** The order of a step's channels, made ready for the hot path: as written, or as learned. */
export function compileOrder({ channels, learned }: BestMessage, compiler: Compiler): OrderChannels {
  if (learned === undefined) return (_visit, left) => asWritten(left)
  const answeredBy = compileAnswered(compiler)
  const rates = compiler.context.answers ?? {}
  const isKnown = (place: number): boolean => (rates[channels[place]!.channel]?.sent ?? 0) >= enoughMessages
  return (visit, left) => {
    if (left.length < 2) return asWritten(left)
    const { run, view, now } = visit
    if (isExplored(run.id, run.step, learned.explore)) {
      const why = [`drawn by lot, as ${learned.explore} in 100 are, to go on learning what people answer`]
      return { places: drawLots(run.id, run.step, left, channels), why: () => why }
    }
    const known: Expected[] = []
    for (const place of left) {
      if (!isKnown(place)) continue
      const { channel } = channels[place]!
      const own = answeredBy(view, channel, now)
      if (own === null) return null
      known.push(estimate(place, channel, own, rates[channel]!))
    }
    if (known.length < 2) return asWritten(left, ['in the order written, since too little was sent by the channels to compare them'])
    known.sort((a, b) => b.share - a.share || a.place - b.place)
    // A channel of which nothing can be said keeps its place; those that can be compared share out the others.
    const turns = known.values()
    return {
      places: left.map((place) => (isKnown(place) ? turns.next().value!.place : place)),
      why: (place) => (isKnown(place) ? [sayWhy(place, known)] : []),
    }
  }
}

interface Expected {
  readonly place: number
  readonly channel: BestMessage['channels'][number]['channel']
  readonly own: Answered
  /** What everybody answers, of 1. */
  readonly everybody: number
  /** What this person is expected to answer, of 1. */
  readonly share: number
}

/**
 * What somebody is likely to answer: the mean of the beta distribution that everybody's share gives before anything is known of them
 * (beta-binomial; empirical Bayes, Casella 1985), with what they themselves got and answered, older messages counting less.
 */
function estimate(
  place: number,
  channel: Expected['channel'],
  own: Answered,
  { sent, answered, strength }: { readonly sent: number; readonly answered: number; readonly strength: number },
): Expected {
  const everybody = answered / sent
  return { place, channel, own, everybody, share: (everybody * strength + own.weightAnswered) / (strength + own.weightSent) }
}

/** `answered 4 of 5 by web push (everybody: 12 %), got none by e-mail yet (everybody: 25 %)`: the chosen one, then the others as they follow. */
function sayWhy(place: number, known: readonly Expected[]): string {
  const chosen = known.find((one) => one.place === place)!
  const parts = [chosen, ...known.filter((one) => one !== chosen).slice(0, 3)].map(({ channel, own, everybody }) => {
    const { word } = channelTable[channel]
    const what = own.sent === 0 ? `got none by ${word} yet` : `answered ${own.answered} of ${own.sent} by ${word}`
    return `${what} (everybody: ${sayShare(everybody)})`
  })
  return parts.join(', ')
}

function sayShare(share: number): string {
  const percent = 100 * share
  return `${percent < 10 ? Math.round(percent * 10) / 10 : Math.round(percent)} %`
}

/** Whether a passage is one of those that go in an order drawn by lot; the same however often it is asked. */
function isExplored(run: string, step: string, explore: number): boolean {
  return murmur32(`explore\u001f${run}\u001f${step}`) / 2 ** 32 < explore / 100
}

function drawLots(run: string, step: string, left: readonly number[], channels: BestMessage['channels']): readonly number[] {
  const lots = left.map((place) => ({ place, lot: murmur32(`lot\u001f${run}\u001f${step}\u001f${channels[place]!.channel}`) }))
  return lots.sort((a, b) => a.lot - b.lot || a.place - b.place).map(({ place }) => place)
}
