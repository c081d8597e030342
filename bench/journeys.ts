import { advance, emptyProfile, type Input, type ProfileState } from '../engine/src/index.ts'
import { enterBare, wakeBare, type BarePerson } from './lib/bare-run.ts'
import { contextAt, DAY, eventAt, HOUR, idOf, makeJourneys, NOON } from './lib/journey-world.ts'
import { median, report } from './lib/report.ts'

/*
 * The engine alone, in one thread: people who come into a journey, wait, are told something, wait, and leave; one in ten orders something
 * after the message. How many a second, with 10, 100 and 1,000 journeys live, against the same run written out by hand, which knows one journey.
 */
const ENTRANTS = process.argv.includes('--small') ? 2_000 : 10_000
const timer: Input = { kind: 'timer' }

const detail: { [name: string]: unknown } = {}
const bare: number[] = []
const rates = new Map<number, number>()
for (const live of [10, 100, 1_000]) {
  const definitions = makeJourneys(live)
  const rounds: number[] = []
  let steps = 0
  // The first round of each warms up.
  for (let round = 0; round < 4; round++) {
    const begun = performance.now()
    steps = 0
    for (let n = 0; n < ENTRANTS; n++) steps += liveThrough(definitions, n, live)
    if (round > 0) rounds.push((ENTRANTS / (performance.now() - begun)) * 1_000)
    const bareBegun = performance.now()
    for (let n = 0; n < ENTRANTS; n++) liveBare(n, live)
    if (round > 0) bare.push((ENTRANTS / (performance.now() - bareBegun)) * 1_000)
  }
  const rate = median(rounds)
  rates.set(live, rate)
  detail[`${live} live`] = { entrantsPerSecond: Math.round(rate), stepsPerSecond: Math.round((rate * steps) / ENTRANTS) }
}
report({
  bench: 'journeys',
  value: rates.get(100)!,
  unit: 'people a second through a journey of two waits and a message, 100 journeys live, one thread',
  reference: median(bare),
  detail: { reference: 'the same run written out by hand, for one journey', entrants: ENTRANTS, ...detail },
})

/** Answers how many ways out of steps they took. */
function liveThrough(definitions: ReturnType<typeof makeJourneys>, n: number, live: number): number {
  let profile: ProfileState = emptyProfile(idOf(n), NOON)
  let steps = 0
  const take = (input: Input, now: number): void => {
    const answer = advance(profile, input, contextAt(definitions, now))
    profile = answer.profile
    for (const effect of answer.effects) if (effect.kind === 'edge') steps++
  }
  take({ kind: 'event', event: eventAt(`Step ${n % live}`, n, NOON) }, NOON)
  take(timer, NOON + HOUR)
  if (n % 10 === 0) take({ kind: 'event', event: eventAt('Order Completed', n, NOON + 2 * HOUR) }, NOON + 2 * HOUR)
  else take(timer, NOON + HOUR + DAY)
  if (profile.runs.length > 0) throw new Error(`Person ${n} is still inside.`)
  return steps
}

function liveBare(n: number, live: number): number {
  const effects: object[] = []
  const journey = `journey-${n % live}`
  let person: BarePerson = { id: idOf(n), entries: {}, runs: [] }
  person = enterBare(person, journey, `bench:${n}`, { n }, NOON, effects)
  person = wakeBare(person, journey, NOON + HOUR, effects)
  person = wakeBare(person, journey, NOON + HOUR + DAY, effects)
  return effects.length + person.runs.length
}
