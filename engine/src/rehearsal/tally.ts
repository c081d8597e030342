import type { ChannelKind } from '@throughline/contracts'
import type { Calendar } from '../calendar/index.ts'
import type { PersonRehearsal, RehearsalMoment } from './person.ts'

export interface RehearsalFigures {
  /** People who entered, and how often in all. */
  readonly people: number
  readonly entries: number
  /** By day of the calendar, in order; days on which nothing happened are left out. */
  readonly days: readonly { readonly day: number; readonly entered: number; readonly sent: number; readonly held: number }[]
  /** Passages of each way, by the ids of `edgeId`. */
  readonly edges: readonly { readonly id: string; readonly count: number }[]
  /** People at each step when the window ended. */
  readonly steps: readonly { readonly step: string; readonly inside: number }[]
  readonly messages: readonly { readonly step: string; readonly channel: ChannelKind; readonly sent: number; readonly held: number }[]
  /** Why messages were held back: by rule, with one person's reason as it would have been shown. */
  readonly held: readonly { readonly channel: ChannelKind; readonly rule: string; readonly reason: string; readonly count: number }[]
  /** Why messages waited for their time. */
  readonly delayed: RehearsalFigures['held']
  /** How many codes of each pool would have been needed. */
  readonly codes: readonly { readonly pool: string; readonly needed: number }[]
  /** Tasks by assignee, and how many of them came on the day that had most. */
  readonly tasks: readonly { readonly assignee: string; readonly count: number; readonly mostADay: number }[]
  /** How often each goal was reached, by its name; of a journey that has one only, by an empty one. */
  readonly goals: readonly { readonly goal: string; readonly count: number }[]
  readonly left: readonly { readonly reason: string; readonly count: number }[]
  /** The most usual paths, each with one of those who took it. */
  readonly examples: readonly { readonly id: string; readonly people: number; readonly moments: readonly RehearsalMoment[] }[]
}

export interface RehearsalTally {
  add(id: string, rehearsal: PersonRehearsal): void
  /** Whether one more may come in on a day, and counts them if so: first asked, first served. */
  hasRoom(day: number, most: number): boolean
  readonly people: number
  figures(): RehearsalFigures
}

/** Paths of which somebody is kept; what comes later on other ways is counted, and not shown. */
const MOST_PATHS = 2_000
const EXAMPLES = 10
/** Moments shown of one person. */
const MOST_MOMENTS = 100

/** Adds up people one by one, in memory that does not grow with their number. */
export function makeRehearsalTally(calendar: Calendar): RehearsalTally {
  const days = new Map<number, { entered: number; sent: number; held: number }>()
  const edges = new Map<string, number>()
  const steps = new Map<string, number>()
  const messages = new Map<string, { step: string; channel: ChannelKind; sent: number; held: number }>()
  const held = new Map<string, { channel: ChannelKind; rule: string; reason: string; count: number }>()
  const delayed = new Map<string, { channel: ChannelKind; rule: string; reason: string; count: number }>()
  const goals = new Map<string, number>()
  const left = new Map<string, number>()
  const codes = new Map<string, number>()
  const tasks = new Map<string, Map<number, number>>()
  const paths = new Map<string, { id: string; people: number; moments: readonly RehearsalMoment[] }>()
  const admitted = new Map<number, number>()
  let people = 0
  let entries = 0

  function addMoment(moment: RehearsalMoment): void {
    const today = (): { entered: number; sent: number; held: number } =>
      getOr(days, calendar.dayOf(moment.at), () => ({ entered: 0, sent: 0, held: 0 }))
    switch (moment.kind) {
      case 'entered':
        entries++
        today().entered++
        break
      case 'passed':
        count(edges, moment.edge)
        break
      case 'message': {
        const { step, channel, heldBy: rule, reason } = moment
        const word = rule === null ? 'sent' : 'held'
        today()[word]++
        getOr(messages, `${step} ${channel}`, () => ({ step, channel, sent: 0, held: 0 }))[word]++
        if (rule !== null) getOr(held, `${channel} ${rule}`, () => ({ channel, rule, reason, count: 0 })).count++
        break
      }
      case 'delayed': {
        const { channel, rule, reason } = moment
        getOr(delayed, `${channel} ${rule}`, () => ({ channel, rule, reason, count: 0 })).count++
        break
      }
      case 'goal':
        count(goals, moment.goal ?? '')
        break
      case 'left':
        count(left, moment.reason)
        break
      case 'waiting':
        break
      default:
        moment satisfies never
    }
  }

  return {
    add(id, { moments, inside, codes: needed, tasks: toDo }) {
      for (const moment of moments) addMoment(moment)
      for (const pool of needed) count(codes, pool)
      for (const { assignee, at } of toDo)
        count(
          getOr(tasks, assignee, () => new Map<number, number>()),
          calendar.dayOf(at),
        )
      // Kept out by the limit of the day.
      if (!moments.some(({ kind }) => kind === 'entered')) return
      people++
      for (const step of inside) count(steps, step)
      const path = moments.flatMap((moment) => (moment.kind === 'passed' ? [moment.edge] : [])).join(' ')
      const known = paths.get(path)
      if (known !== undefined) known.people++
      else if (paths.size < MOST_PATHS) paths.set(path, { id, people: 1, moments: moments.slice(0, MOST_MOMENTS) })
    },
    hasRoom(day, most) {
      const hasRoom = (admitted.get(day) ?? 0) < most
      if (hasRoom) count(admitted, day)
      return hasRoom
    },
    get people() {
      return people
    },
    figures: () => ({
      people,
      entries,
      days: [...days].map(([day, counts]) => ({ day, ...counts })).sort((a, b) => a.day - b.day),
      edges: [...edges].map(([id, n]) => ({ id, count: n })),
      steps: [...steps].map(([step, inside]) => ({ step, inside })),
      messages: [...messages.values()],
      held: [...held.values()].sort((a, b) => b.count - a.count),
      delayed: [...delayed.values()].sort((a, b) => b.count - a.count),
      codes: [...codes].map(([pool, needed]) => ({ pool, needed })),
      tasks: [...tasks]
        .map(([assignee, byDay]) => ({ assignee, count: sum(byDay.values()), mostADay: Math.max(...byDay.values()) }))
        .sort((a, b) => b.count - a.count),
      goals: [...goals].map(([goal, n]) => ({ goal, count: n })),
      left: [...left].map(([reason, n]) => ({ reason, count: n })).sort((a, b) => b.count - a.count),
      examples: [...paths.values()].sort((a, b) => b.people - a.people).slice(0, EXAMPLES),
    }),
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function sum(counts: Iterable<number>): number {
  let all = 0
  for (const one of counts) all += one
  return all
}

function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}
