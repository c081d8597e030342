import { stableId } from '../../engine/src/hash.ts'

interface BareRun {
  readonly id: string
  readonly step: 'hour' | 'day'
  readonly enteredAt: number
  readonly wakesAt: number
  readonly trigger: object
}

/** One person in one journey written out by hand: what has to be computed and written for the run at the very least. */
export interface BarePerson {
  readonly id: string
  readonly entries: { readonly [journey: string]: { readonly count: number; readonly lastAt: number } }
  readonly runs: readonly BareRun[]
}

const HOUR = 3_600_000

export function enterBare(
  person: BarePerson,
  journey: string,
  event: string,
  properties: object,
  at: number,
  effects: object[],
): BarePerson {
  const id = stableId('run', person.id, journey, event)
  effects.push({
    kind: 'fact',
    id: stableId('fact', person.id, event, at, 0),
    name: 'Journey Entered',
    at,
    properties: { journey, run: id },
  })
  effects.push({ kind: 'edge', journey, edge: 'entry' })
  const run: BareRun = { id, step: 'hour', enteredAt: at, wakesAt: at + HOUR, trigger: { id: event, timestamp: at, properties } }
  effects.push({ kind: 'run-at', run })
  return { ...person, entries: { ...person.entries, [journey]: { count: 1, lastAt: at } }, runs: [...person.runs, run] }
}

export function wakeBare(person: BarePerson, journey: string, at: number, effects: object[]): BarePerson {
  const run = person.runs[0]!
  if (run.step === 'hour') {
    const message = stableId('message', run.id, 'say', 1, 1)
    effects.push({ kind: 'edge', journey, edge: 'hour:next' })
    effects.push({ kind: 'message', id: message, journey, run: run.id, at, address: person.id, variables: { event: run.trigger } })
    effects.push({
      kind: 'fact',
      id: stableId('fact', person.id, 'timer', at, 0),
      name: 'Message Planned',
      at,
      properties: { message_id: message },
    })
    effects.push({ kind: 'edge', journey, edge: 'say:next' })
    const next: BareRun = { ...run, step: 'day', wakesAt: at + 24 * HOUR }
    effects.push({ kind: 'run-at', run: next })
    return { ...person, runs: [next] }
  }
  effects.push({ kind: 'edge', journey, edge: 'day:next' })
  effects.push({ kind: 'fact', id: stableId('fact', person.id, 'timer', at, 0), name: 'Journey Left', at, properties: { run: run.id } })
  effects.push({ kind: 'run-over', run: run.id })
  return { ...person, runs: [] }
}
