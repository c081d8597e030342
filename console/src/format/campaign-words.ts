import type {
  CampaignRamp,
  CampaignEstimate,
  CampaignLearn,
  CampaignSend,
  SendApproval,
  CampaignWhen,
  LearnMetric,
  SendAction,
  SendState,
  Weekday,
  WinnerMetric,
} from '@throughline/contracts'
import { readDate } from '@throughline/contracts'
import { minorToMajor } from './format.ts'
import type { Format } from './format.ts'
import type { Tone } from './message-words.ts'

export const sendStateNames: Record<SendState, string> = {
  scheduled: 'Scheduled',
  waiting: 'Waiting for approval',
  sending: 'Sending',
  paused: 'Paused',
  done: 'Done',
  cancelled: 'Cancelled',
  undone: 'Undone',
}
export const sendStateTones: Record<SendState, Tone> = {
  scheduled: 'wait',
  waiting: 'wait',
  sending: 'good',
  paused: 'wait',
  done: 'good',
  cancelled: 'plain',
  undone: 'plain',
}

/** Whether a send still goes on, or will. */
export function isOpen(state: SendState | null): boolean {
  return state === 'scheduled' || state === 'waiting' || state === 'sending' || state === 'paused'
}

/** What a button calls it, what it means for people, and what has happened then. */
export const sendActionWords: Record<SendAction, { readonly action: string; readonly means: string; readonly done: string }> = {
  undo: { action: 'Undo', means: 'Nobody gets it, as if it had never been sent.', done: 'It is undone: nobody got it.' },
  pause: {
    action: 'Pause',
    means: 'Nothing more is handed over until it is resumed. What a provider has taken already cannot be held back.',
    done: 'It is paused.',
  },
  resume: { action: 'Resume', means: 'It goes on where it stood.', done: 'It goes on.' },
  'send-all': {
    action: 'Send to all now',
    means:
      'Those whom the ramp still holds back get it as soon as this stage is out, without a pause. What went wrong until now is not counted any more; it still stops when that happens again.',
    done: 'It goes to all of the audience.',
  },
  cancel: {
    action: 'Cancel the send',
    means: 'Whoever has not got it yet will not get it, those whose message waits in the outbox too. This cannot be taken back.',
    done: 'It is cancelled.',
  },
}

/** When it goes out, as the end of a sentence: `every Monday at 09:00 their time`. Gaps of a draft are said as “…”. */
export function whenWords(when: CampaignWhen, format: Pick<Format, 'calendarDay' | 'date' | 'minute'>): string {
  switch (when.kind) {
    case 'now':
      return 'as soon as it is sent'
    case 'api':
      return 'each time that a program asks for it'
    case 'once': {
      const instant = instantOf(when)
      if (instant !== null) return `on ${format.date(instant)} at ${format.minute(instant)} ${clockWords('shop')}`
      const [day = '', time = ''] = when.at.split(/[T ]/)
      return day === '' ? 'at …' : `on ${format.calendarDay(day)} at ${time === '' ? '00:00' : time} ${clockWords(when.zone)}`
    }
    case 'daily':
      return `every day at ${when.at || '…'} ${clockWords(when.zone)}`
    case 'weekly':
      return `every ${when.on.length === 0 ? '…' : when.on.map(named).join(' and ')} at ${when.at || '…'} ${clockWords(when.zone)}`
    case 'monthly':
      return `on day ${Number.isNaN(when.day) ? '…' : when.day} of every month at ${when.at || '…'} ${clockWords(when.zone)}`
    default:
      return when satisfies never
  }
}

/** Whether it goes by each person's own clocks. A time that names its distance from UTC is the same instant for all, whatever else is said. */
export function goesByOwnClocks(when: CampaignWhen): boolean {
  return 'zone' in when && when.zone === 'person' && instantOf(when) === null
}

function instantOf(when: CampaignWhen): number | null {
  const read = when.kind === 'once' ? readDate(when.at) : null
  return read?.isInstant === true ? read.ms : null
}

const clockWords = (zone: 'person' | 'shop'): string => (zone === 'person' ? 'their time' : 'shop time')
const named = (day: Weekday): string => `${day.charAt(0).toUpperCase()}${day.slice(1)}`

/** `38,110 people`, or `about 38,100 people` where it is estimated. */
export function reachWords({ reachable, exact }: Pick<CampaignEstimate, 'reachable' | 'exact'>, format: Pick<Format, 'number'>): string {
  return `${exact ? '' : 'about '}${format.number(reachable)} ${reachable === 1 ? 'person' : 'people'}`
}

/** `about 96 €`; null while no price is set. Whole units from 10 on: cents would feign a certainty that an estimate has not. */
export function costWords({ cost, currency }: Pick<CampaignEstimate, 'cost' | 'currency'>, format: Pick<Format, 'money'>): string | null {
  if (cost === null) return null
  const amount = minorToMajor(cost, currency)
  return `about ${amount >= 10 ? format.money(Math.round(amount), currency).replace(/[.,]00(?!\d)/, '') : format.money(amount, currency)}`
}

/** How far a send is: `62 % done · 2,540 a minute · about 6 min left`. */
export function progressWords(
  { share, perMinute, secondsLeft }: NonNullable<CampaignSend['progress']>,
  format: Pick<Format, 'number'>,
): string {
  const left = secondsLeft === null ? null : timeLeft(secondsLeft)
  return [`${format.number(Math.floor(share * 100))} % done`, `${format.number(perMinute)} a minute`, left]
    .filter((one) => one !== null)
    .join(' · ')
}

function timeLeft(seconds: number): string {
  if (seconds < 60) return 'less than a minute left'
  const minutes = Math.ceil(seconds / 60)
  return minutes < 120 ? `about ${minutes} min left` : `about ${Math.round(minutes / 60)} h left`
}

/** What makes a variant the best one: `the rest gets the one that is clicked by most`. */
export const metricWords: Record<WinnerMetric, string> = {
  opened: 'is opened by most',
  clicked: 'is clicked by most',
  goal: 'brings most to the goal',
  revenue: 'brings most revenue per person',
}

/** What weights are learned by: `more and more get the one that people click`. */
export const learnMetricWords: Record<LearnMetric, string> = {
  opened: 'people open',
  clicked: 'people click',
  goal: 'brings people to the goal',
}

/** How the weights of variants are learned, as a sentence. */
export function learnWords({ by, floor, every, within }: CampaignLearn, format: Pick<Format, 'number'>): string {
  return `More and more get the variant that ${learnMetricWords[by]}: weighed anew every ${every.replace(/^1 /, '')}, by messages that had ${within} to be answered; each keeps ${format.number(floor)} %.`
}

/** Whom a send is for that goes to those who did not answer an earlier one, as a sentence. */
export function resendWords({ of, to, exceptGoal, subject }: NonNullable<CampaignSend['resend']>): string {
  const did = to === 'not-opened' ? 'did not open it' : 'did not click'
  const but = exceptGoal ? ', without those who have done since what it is for' : ''
  return `To those who got send ${of} and ${did}${but}${subject === null ? '' : `, under “${subject}”`}.`
}

/**
 * How a send stands with the approval by a second person, as a sentence.
 * @param hasBegun some have got it already
 */
export function approvalWords({ state, askedBy, decidedBy, note }: SendApproval, hasBegun: boolean): string {
  const said = note === null ? '' : ` “${note}”`
  switch (state) {
    case 'open':
      return note ?? 'Somebody has to ask for its approval.'
    case 'asked':
      return `${askedBy} asks for its approval. Somebody else has to decide; until then nobody ${hasBegun ? 'else ' : ''}gets it.`
    case 'approved':
      return `Asked for by ${askedBy}, approved by ${decidedBy ?? 'somebody'}.${said}`
    case 'refused':
      return `Asked for by ${askedBy}, refused by ${decidedBy ?? 'somebody'}.${said}`
    default:
      return state satisfies never
  }
}

/** How a ramp goes on, as a sentence: `To 10 %, then 25 %, then all, with 1 hour between; it stops at 5 % bounces …`. */
export function rampWords({ steps, stopAt }: CampaignRamp, format: Pick<Format, 'number'>): string {
  const waits = new Set(steps.map((step) => step.for))
  const stages = steps.map(({ percent, for: wait }) => `${format.number(percent)} %${waits.size === 1 ? '' : ` (${wait})`}`)
  const limits = `${format.number(stopAt.bounces)} % bounces, ${format.number(stopAt.complaints)} % complaints or ${format.number(stopAt.unsubscribes)} % unsubscribes`
  return `To ${stages.join(', then ')}, then all, waiting ${waits.size === 1 ? `${[...waits].join('')} each time` : 'as it says'}; it stops above ${limits}.`
}
