import type { ChannelKind, Rehearsal, TimeBetween } from '@throughline/contracts'
import { counted, length, minorToMajor, type Format } from '../../../format/format.ts'
import { channelNames } from '../../../format/message-words.ts'
import { about } from '../../segments/builder/about.ts'
import { daysBack, type Figures } from './use-figures.ts'

/** How many come in a day, from a rehearsal. */
export function entrantsWords({ rehearsal, rehearsing, failure }: Figures, format: Format): string {
  if (failure !== null) return failure
  if (rehearsal === undefined)
    return rehearsing
      ? 'Working out how many would have come in…'
      : 'Say what starts it, what they should do and the goal: then it is run over your history.'
  const { entries, people } = rehearsal
  const perDay = entries / daysBack
  const day = entries === 0 ? 'nobody' : perDay < 1 ? 'less than one person a day' : `about ${format.number(Math.round(perDay))} a day`
  const whole = entries === 0 ? '' : ` (${format.number(entries)} times, ${counted(format, people, 'person', 'people')})`
  return `Over the last ${daysBack} days: ${day} would have come in${whole}.`
}

/** How soon people do it by themselves, and of how many that is. */
export function timeWords(time: TimeBetween | undefined, what: string, format: Format): string | null {
  if (time === undefined) return null
  const whom = `${format.number(time.did)} of ${counted(format, time.people, 'person', 'people')} over ${time.days} days`
  const part = time.share < 1 ? `, asked of ${Math.round(time.share * 100)} % of all` : ''
  if (time.median === null) return `${what}: ${whom} did it${part}; too few to say how soon.`
  const most = time.threeQuarters === null ? '' : `, three quarters after ${length(time.threeQuarters)}`
  return `${what}: half of those who do it have done it after ${length(time.median)}${most} (${whom}${part}).`
}

/** How many a channel reaches, and what one message to each costs. */
export function reachWords(channel: ChannelKind, { reach }: Figures, format: Format): string | null {
  const one = reach?.reach?.find((found) => found.channel === channel)
  if (reach === undefined || one === undefined) return null
  const shown = about(one.people, one.exact ? 0 : one.margin)
  const cost =
    one.cost === null ? 'no price set' : `about ${format.money(minorToMajor(one.cost, reach.currency), reach.currency)} for one to each`
  return `${one.exact ? '' : 'about '}${format.number(shown.value)} of ${format.number(reach.size)} can be reached · ${cost}`
}

/** What all of it would have sent and cost. */
export function messagesWords(rehearsal: Rehearsal, format: Format): string {
  const sent = new Map<ChannelKind, { sent: number; held: number; cost: number | null }>()
  for (const one of rehearsal.messages) {
    const before = sent.get(one.channel) ?? { sent: 0, held: 0, cost: 0 }
    const cost = before.cost === null || one.cost === null ? null : before.cost + one.cost
    sent.set(one.channel, { sent: before.sent + one.sent, held: before.held + one.held, cost })
  }
  const words = [...sent].map(([channel, one]) => {
    const cost = one.cost === null ? '' : `, ${format.money(minorToMajor(one.cost, rehearsal.currency), rehearsal.currency)}`
    const held = one.held === 0 ? '' : `, ${format.number(one.held)} held back`
    return `${channelNames[channel]} ${format.number(one.sent)}${held}${cost}`
  })
  return words.length === 0 ? 'No messages would have gone out.' : `Messages that would have gone out: ${words.join(' · ')}.`
}
