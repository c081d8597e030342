import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { advance, emptyProfile, type Input, type ProfileState, type Run } from '../engine/src/index.ts'
import { wakeBare, type BarePerson } from './lib/bare-run.ts'
import { contextAt, eventAt, HOUR, idOf, makeJourneys, NOON } from './lib/journey-world.ts'
import { report } from './lib/report.ts'

/*
 * A million people wait in a journey, each until an instant of their own. A simulated clock passes over all of them: each timer fires at its
 * instant, in order, and memory stays flat. The engine alone, in one thread, against the same run written out by hand over the same clock.
 */
const PEOPLE = process.argv.includes('--small') ? 100_000 : 1_000_000
const LOOKS = 20
const timer: Input = { kind: 'timer' }
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const definitions = makeJourneys(100)
const dueAt = new Float64Array(PEOPLE)
for (let n = 0; n < PEOPLE; n++) dueAt[n] = NOON + HOUR + ((n * 2_654_435_761) % 86_400_000)
const order = Uint32Array.from({ length: PEOPLE }, (_, n) => n).sort((a, b) => dueAt[a]! - dueAt[b]!)
// What is stored of somebody who waits, but for what is their own.
const entered = advance(
  emptyProfile(idOf(0), NOON),
  { kind: 'event', event: eventAt('Step 0', 0, NOON) },
  contextAt(definitions, NOON),
).profile

const bytes: number[] = []
let last = -Infinity
const begun = performance.now()
for (let place = 0; place < PEOPLE; place++) {
  const n = order[place]!
  const due = dueAt[n]!
  const waiting = waitingSince(n, due)
  const { profile, effects, nextTimerAt } = advance(waiting, timer, contextAt(definitions, due))
  const message = effects.find((effect) => effect.kind === 'message')
  if (due < last || message?.at !== due || nextTimerAt !== due + 24 * HOUR || profile.runs[0]?.step !== 'day')
    throw new Error(`Timer ${n}, due at ${due} after ${last}, did not fire as it should.`)
  last = due
  if (place % Math.floor(PEOPLE / LOOKS) === 0) {
    collect()
    bytes.push(process.memoryUsage().heapUsed)
  }
}
const rate = (PEOPLE / (performance.now() - begun)) * 1_000

const bareBegun = performance.now()
for (let place = 0; place < PEOPLE; place++) {
  const n = order[place]!
  const due = dueAt[n]!
  const run = { id: 'run', step: 'hour', enteredAt: due - HOUR, wakesAt: due, trigger: {} } as const
  const person: BarePerson = { id: idOf(n), entries: {}, runs: [run] }
  wakeBare(person, 'journey-0', due, [])
}
const bare = (PEOPLE / (performance.now() - bareBegun)) * 1_000
const mebibytes = bytes.map((each) => Math.round((each / 2 ** 20) * 10) / 10)
report({
  bench: 'timers',
  value: rate,
  unit: 'waits ended a second, in order under a simulated clock, one thread',
  reference: bare,
  detail: {
    reference: 'the same run written out by hand over the same clock',
    people: PEOPLE,
    heapMiB: { first: mebibytes[1], last: mebibytes.at(-1), most: Math.max(...mebibytes) },
  },
})

function waitingSince(n: number, due: number): ProfileState {
  const run: Run = { ...entered.runs[0]!, id: `run-${n}`, enteredAt: due - HOUR, since: due - HOUR, wakesAt: due }
  return { ...entered, id: idOf(n), runs: [run] }
}
