import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Event, JourneyGoal, Person, Rehearsal, RehearsalNews, Settings } from '@throughline/contracts'
import {
  isShopRequest,
  makeRehearsalTally,
  nameOfGoal,
  rehearsePerson,
  TooMuchForOnePerson,
  type RehearsalFigures,
  type RehearsalPlan,
} from '@throughline/engine'
import type { ClickHouse } from '../../platform/clickhouse/index.ts'
import { readAmount, readLives, withNextAhead } from './read-lives.ts'

/** How long the engine may work before live events of this process come in between. */
const SLICE_MS = 15
const NEWS_MS = 250
const DAY_MS = 86_400_000

/** Whom events of the shop would have let in within the window, by the draft. */
export interface PastFanOut {
  /** The entry events of each person. */
  readonly byPerson: ReadonlyMap<string, readonly Event[]>
  /** How many events of the shop that is, and how many more there were. */
  readonly events: number
  readonly leftOut: number
}

export interface RehearsalRequest {
  readonly history: ClickHouse
  readonly plan: RehearsalPlan
  /** What the draft wants people to do. */
  readonly goals: readonly JourneyGoal[]
  readonly settings: Settings
  readonly signal: AbortSignal
  /** Null: it has no entry by an event of the shop. */
  readonly fannedOut: PastFanOut | null
  findPeople(ids: readonly string[]): Promise<ReadonlyMap<string, Person>>
  /** How many codes are left in pools, by their ids. */
  freeCodes(pools: readonly string[]): Promise<ReadonlyMap<string, number>>
}

/** Runs a draft over its window, and says how far it is. The last item is what came of it. */
export async function* rehearse(request: RehearsalRequest): AsyncGenerator<RehearsalNews> {
  const { history, plan, settings, signal, fannedOut } = request
  const begun = performance.now()
  const { window } = plan
  const { calendar } = plan.definitions.context
  const tally = makeRehearsalTally(calendar)
  const turn = makeTurns()
  let read = 0
  let leftOut = 0
  let share = 0
  yield { kind: 'progress', share, read, people: 0 }
  for await (const part of withNextAhead(readLives(history, plan, await readAmount(history), signal))) {
    for await (const { id, events } of part.lives) {
      read += events.length
      try {
        const rehearsed = rehearsePerson(id, fannedOut === null ? events : withTold(id, events), plan, tally.hasRoom)
        if (rehearsed !== null) tally.add(id, rehearsed)
      } catch (error) {
        if (!(error instanceof TooMuchForOnePerson)) throw error
        leftOut++
      }
      if (turn.isOver()) {
        await nextTurn()
        turn.begin()
        if (turn.isNewsDue()) yield { kind: 'progress', share, read, people: tally.people }
      }
    }
    share = Math.min(1, share + part.share)
    if (turn.isNewsDue()) yield { kind: 'progress', share, read, people: tally.people }
  }
  const figures = tally.figures()
  const people = await request.findPeople(figures.examples.map(({ id }) => id))
  const free = await request.freeCodes(figures.codes.map(({ pool }) => pool))
  const days = daysBetween(calendar.dayOf(window.since), calendar.dayOf(window.until - 1), figures)
  yield {
    kind: 'done',
    rehearsal: {
      ...describe(figures, people, settings),
      goals: reachedOf(request.goals, figures),
      codes: figures.codes.map((one) => ({ ...one, free: free.get(one.pool) ?? null })),
      ...window,
      zone: settings.zone,
      days,
      read,
      leftOut,
      shopEvents: fannedOut === null ? null : { events: fannedOut.events, leftOut: fannedOut.leftOut },
      tookMs: Math.round(performance.now() - begun),
    },
  }

  /** With what the draft makes of events of the shop in the place of what really came of them. */
  function withTold(id: string, events: readonly Event[]): readonly Event[] {
    return [...events.filter((event) => !isShopRequest(event, plan.journey)), ...(fannedOut?.byPerson.get(id) ?? [])]
  }
}

function makeTurns() {
  let begun = performance.now()
  let told = begun
  return {
    begin: () => void (begun = performance.now()),
    isOver: () => performance.now() - begun > SLICE_MS,
    isNewsDue() {
      const due = performance.now() - told > NEWS_MS
      if (due) told = performance.now()
      return due
    },
  }
}

function daysBetween(from: number, to: number, { days }: RehearsalFigures): Rehearsal['days'] {
  const known = new Map(days.map((one) => [one.day, one]))
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const { entered = 0, sent = 0, held = 0 } = known.get(from + index) ?? {}
    return { day: new Date((from + index) * DAY_MS).toISOString().slice(0, 10), entered, sent, held }
  })
}

function reachedOf(goals: readonly JourneyGoal[], figures: RehearsalFigures): Rehearsal['goals'] {
  const counts = new Map(figures.goals.map(({ goal, count }) => [goal, count]))
  return goals.map((goal) => ({
    name: nameOfGoal(goal),
    reached: counts.get(goals.length > 1 ? nameOfGoal(goal) : '') ?? 0,
    leaves: goal.afterwards === 'leave',
  }))
}

function describe(figures: RehearsalFigures, people: ReadonlyMap<string, Person>, settings: Settings) {
  return {
    people: figures.people,
    entries: figures.entries,
    edges: [...figures.edges],
    steps: [...figures.steps],
    messages: figures.messages.map((one) => {
      const price = settings.pricePerThousand[one.channel]
      return { ...one, cost: price === null ? null : Math.round((one.sent * price) / 1_000) }
    }),
    currency: settings.currency,
    delayed: [...figures.delayed],
    held: [...figures.held],
    tasks: [...figures.tasks],
    left: [...figures.left],
    examples: figures.examples.map(({ id, people: n, moments }) => ({ person: people.get(id) ?? null, people: n, moments: [...moments] })),
  }
}
