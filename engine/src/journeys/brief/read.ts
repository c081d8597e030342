import {
  goalsOf,
  msToDuration,
  outcomeNames,
  reactionKinds,
  reentryOf,
  startsOf,
  type Definition,
  type EventMatch,
  type JourneyAnswers,
  type JourneyDefinition,
  type StepOf,
  type TemplateDefinition,
} from '@throughline/contracts'
import { stepsInOrder } from '../describe.ts'
import { conditionsOf, limitOf, withoutSaid } from './conditions.ts'
import { namedIn } from './templates.ts'
import { afterMessage, channelsOf, countMessages, lengthOf, quietWay, templateIdsOf } from './walk.ts'

/** What a journey says to the seventeen questions, as far as it says anything. */
export type ReadAnswers = { readonly [K in keyof JourneyAnswers]?: JourneyAnswers[K] }

/**
 * The answers that any journey gives, also one that was drawn by hand.
 * @param definitions what is published beside it; of them its templates are read
 */
export function readAnswers(journey: JourneyDefinition, definitions: readonly Definition[]): ReadAnswers {
  const starts = startsOf(journey)
  const check = expectedCheck(journey)
  const [goal] = goalsOf(journey).filter(({ afterwards }) => afterwards === 'leave')
  const milestones = goalsOf(journey).filter(({ afterwards }) => afterwards === 'stay')
  const { most } = countMessages(journey)
  const channels = channelsOf(journey)
  const expected = check?.any[0]?.on ?? goal?.on
  const first = quietWay(journey, journey.start)
  const next = first === undefined ? undefined : quietWay(journey, afterMessage(journey, first.to))
  const [firstMs, nextMs] = [first, next].map((way) => (way === undefined ? undefined : lengthOf(way)))
  const profile = templatesOf(journey, definitions).flatMap((one) => namedIn(one, 'profile'))
  const names = [...new Set(profile)]
  return {
    name: journey.name,
    starts: starts.map((start) => {
      const { if: _, ...rest } = start
      const condition = withoutSaid(start.if)
      return condition === undefined ? rest : { ...rest, if: condition }
    }),
    ...(journey.perDay !== undefined && { mostADay: journey.perDay }),
    ...(journey.perPerson !== undefined && { often: journey.perPerson }),
    again: reentryOf(journey),
    ...(expected !== undefined && { expected }),
    ...(check !== undefined && { wait: check.upTo }),
    milestones: milestones.map(({ name, on }) => ({ name: name ?? on.event, on })),
    languages: [...limitOf(starts[0]?.if, 'language')],
    countries: [...limitOf(starts[0]?.if, 'country')],
    ...(most > 0 && Number.isFinite(most) && { interactions: most }),
    ...(channels.length > 0 && { channels: [...channels] }),
    reactions: reactionsOf(journey),
    ...(names.length === 1 && { greetBy: names[0]! }),
    show: [...new Set(templatesOf(journey, definitions).flatMap((one) => namedIn(one, 'event.properties')))],
    ...(firstMs !== undefined && { first: msToDuration(firstMs) }),
    ...(nextMs !== undefined && { next: msToDuration(nextMs) }),
    watched: watchedOf(journey),
    offline: offlineOf(journey, check),
    ...(goal !== undefined && {
      goal: { ...(goal.name !== undefined && { name: goal.name }), on: goal.on, again: isAgain(goal) },
      ...(goal.within !== undefined && { counted: goal.within }),
    }),
  }
}

/** The templates that its messages use, as far as they are there. */
export function templatesOf(journey: JourneyDefinition, definitions: readonly Definition[]): readonly TemplateDefinition[] {
  const used = templateIdsOf(journey)
  return definitions.flatMap((one) => (one.kind === 'template' && used.has(one.id) ? [one] : []))
}

/** The first wait for something that people do by themselves: what we hope for. */
export function expectedCheck(journey: JourneyDefinition): StepOf<'wait-for'> | undefined {
  const own: readonly string[] = outcomeNames
  for (const id of stepsInOrder(journey)) {
    const step = journey.steps[id]!
    if (step.kind === 'wait-for' && !own.includes(step.any[0]!.on.event)) return step
  }
  return undefined
}

/** Reactions to messages that change the way: asked by a branch, or waited for. */
function reactionsOf(journey: JourneyDefinition): JourneyAnswers['reactions'] {
  const found = new Set<string>(conditionsOf(journey).flatMap((one) => (one.kind === 'message' ? [one.outcome] : [])))
  for (const step of Object.values(journey.steps)) {
    if (step.kind === 'reaction') for (const { on } of step.ways) found.add(on)
    if (step.kind !== 'wait-for') continue
    for (const { on } of step.any) found.add(on.event.toLowerCase().replace('message ', ''))
  }
  return reactionKinds.filter((kind) => found.has(kind))
}

function watchedOf(journey: JourneyDefinition): JourneyAnswers['watched'] {
  const kinds = new Set(conditionsOf(journey).map(({ kind }) => kind))
  return [...(kinds.has('page') ? (['site'] as const) : []), ...(kinds.has('screen') ? (['app'] as const) : [])]
}

/** What counts beside the first event of a wait, and is asked once more afterwards because it may be told late. */
function offlineOf(journey: JourneyDefinition, check: StepOf<'wait-for'> | undefined): EventMatch[] {
  const asked = new Set(conditionsOf(journey).flatMap((one) => (one.kind === 'event' ? [one.event] : [])))
  return (check?.any.slice(1) ?? []).map(({ on }) => on).filter(({ event }) => asked.has(event))
}

function isAgain({ on, if: condition }: ReturnType<typeof goalsOf>[number]): boolean {
  return condition?.kind === 'event' && condition.event === on.event && condition.times.op === 'at-least' && condition.times.n >= 2
}
