import type { JourneyDefinition, Problem } from '@throughline/contracts'
import type { MessageEffect } from '../effects.ts'
import type { Run, Said } from '../profile.ts'
import type { LookBack, Port } from './behaviour.ts'
import { behaviourOf } from './registry.ts'

/** What runs remember of the steps they have been at, since later ones ask; by step. */
export interface Remembered {
  /** Steps whose messages are asked about, each with the texts by which clicks on its links are told apart. */
  readonly messages: ReadonlyMap<string, readonly string[]>
  readonly ways: ReadonlySet<string>
}

export function compileLookBacks({ steps }: JourneyDefinition): Remembered {
  const messages = new Map<string, readonly string[]>()
  const ways = new Set<string>()
  for (const [id, step] of Object.entries(steps)) {
    if (behaviourOf(step).hearsOwn?.(step) === true) messages.set(id, messages.get(id) ?? [])
    const back = behaviourOf(step).looksBackAt?.(step)
    if (back === undefined) continue
    if (back.message) messages.set(back.step, [...new Set([...(messages.get(back.step) ?? []), ...back.links])])
    if (back.ways !== null) ways.add(back.step)
  }
  return { messages, ways }
}

/** The run with what its step has just said and the way that it takes out of it, as far as that is asked later. */
export function rememberStep(run: Run, port: Port, message: MessageEffect | undefined, remembered: Remembered, at: number): Run {
  const next = rememberMessage(run, message, remembered, at)
  return remembered.ways.has(run.step) ? { ...next, took: { ...next.took, [run.step]: port } } : next
}

/** The run with what its step has just said, as far as what becomes of it is asked. */
export function rememberMessage(run: Run, message: MessageEffect | undefined, { messages }: Remembered, at: number): Run {
  if (message === undefined || !messages.has(run.step)) return run
  const { id, decision } = message
  const said: Said = decision.kind === 'send' ? { id } : { id, held: decision.rule, heard: { 'not-sent': at } }
  return { ...run, said: { ...run.said, [run.step]: said } }
}

/** What is wrong with the steps that steps ask about: one that does not exist, does not come before, or says no message. */
export function* findLookBackProblems(journey: JourneyDefinition): Iterable<Problem> {
  const { id: journeyId, steps } = journey
  const before = makeBefore(journey)
  for (const [id, step] of Object.entries(steps)) {
    const back = behaviourOf(step).looksBackAt?.(step)
    if (back === undefined) continue
    const isFit = (of: string): boolean =>
      steps[of] !== undefined &&
      (!back.message || behaviourOf(steps[of]).says === true) &&
      (back.answer !== true || behaviourOf(steps[of]).answers === true)
    if (isFit(back.step) && before(back.step, id)) {
      yield* findUnknownWays(journey, id, back)
      continue
    }
    const fitting = Object.keys(steps).filter((other) => isFit(other) && before(other, id))
    const what =
      back.answer === true
        ? 'a step before it that calls a webhook or takes a code'
        : back.message
          ? 'a step before it that sends a message'
          : 'a step before it'
    const found = steps[back.step]
    const why =
      found === undefined
        ? 'which does not exist'
        : isFit(back.step)
          ? 'from which no way leads to it'
          : back.answer === true
            ? 'which calls no webhook and takes no code'
            : 'which sends no message'
    yield {
      field: `steps.${id}.${back.field}`,
      value: back.step,
      allowed: fitting.length === 0 ? `${what}; there is none` : `${what}: ${fitting.join(', ')}`,
      message: `step "${id}" of journey "${journeyId}" asks about the step "${back.step}", ${why}`,
    }
  }
}

function* findUnknownWays({ id: journey, steps }: JourneyDefinition, id: string, { step: of, ways }: LookBack): Iterable<Problem> {
  const asked = steps[of]!
  const known = behaviourOf(asked).waysOut(asked)
  for (const { port, field } of ways ?? []) {
    if (known.some((way) => way.port === port)) continue
    yield {
      field: `steps.${id}.${field}`,
      value: port,
      allowed: known.length === 0 ? 'none: the journey ends there' : `one of ${known.map((way) => way.port).join(', ')}`,
      message: `step "${id}" of journey "${journey}" asks whether the way ${port} out of the step "${of}" was taken, which has no such way`,
    }
  }
}

/** Whether a way leads from one step to another. */
function makeBefore({ steps }: JourneyDefinition): (from: string, to: string) => boolean {
  const known = new Map<string, ReadonlySet<string>>()
  const behind = (from: string): ReadonlySet<string> => {
    const standing = known.get(from)
    if (standing !== undefined) return standing
    const found = new Set<string>()
    const queue = [from]
    for (const id of queue) {
      const step = steps[id]
      if (step === undefined) continue
      for (const { next } of behaviourOf(step).waysOut(step)) {
        if (next === undefined || found.has(next)) continue
        found.add(next)
        queue.push(next)
      }
    }
    known.set(from, found)
    return found
  }
  return (from, to) => behind(from).has(to)
}
