import { randomUUID } from 'node:crypto'
import { eventNames, lanes, ownSource, startsOf, type Identifier, type JsonObject, type PersonRef } from '@throughline/contracts'
import { findProblems, type AcceptEvent, type AcceptOutcome } from '../ingest/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { DefinitionError, unknownJourney } from './errors.ts'
import { loadLatestOf } from './store.ts'

/** Whom a reference means. */
export type FoundRef =
  | { readonly kind: 'known'; readonly profileId: string }
  | { readonly kind: 'new'; readonly identifier: Identifier }
  | { readonly kind: 'nobody'; readonly reason: string }

export interface EnterDeps {
  readonly pool: Db
  readonly findRef: (ref: PersonRef) => Promise<FoundRef>
  readonly append: (events: AcceptEvent[]) => Promise<readonly AcceptOutcome[]>
}

/** What a call asks; see the route `enterJourney`. */
interface Asked {
  readonly person: PersonRef
  readonly properties: JsonObject
  readonly key?: string | undefined
  readonly create: boolean
}

/**
 * Asks a journey, in the order of the person's own events, to take them in; the journey's rules decide when its turn comes.
 * @returns `repeated`: this key was used before for this journey, and nothing happens again
 * @throws DefinitionError `journey_unknown`, `journey_not_by_api`, `person_unknown`, `properties_invalid`
 */
export async function requestEntry(
  { pool, findRef, append }: EnterDeps,
  id: string,
  { person, properties, key, create }: Asked,
): Promise<'asked' | 'repeated'> {
  const journey = (await loadLatestOf(pool, 'journey')).find(({ definition }) => definition.id === id)?.definition
  if (journey === undefined) throw unknownJourney(id)
  if (!startsOf(journey).some(({ kind }) => kind === 'api'))
    throw new DefinitionError(
      'conflict',
      'journey_not_by_api',
      `Programs cannot let people into the journey "${id}": it has no entry of the kind api. Add one, and publish it.`,
      { field: 'id', value: id, allowed: 'a journey with an entry of the kind api' },
    )
  const problems = findProblems(properties, JSON.stringify(properties), 'properties').map(({ problem }) => problem)
  if (problems[0] !== undefined)
    throw new DefinitionError('bad-input', 'properties_invalid', `Nothing happened. ${problems[0].message}`, {
      field: problems[0].field,
      allowed: problems[0].allowed,
      problems,
    })
  const found = await findRef(person)
  if (found.kind === 'nobody' || (found.kind === 'new' && !create)) {
    const reason =
      found.kind === 'nobody'
        ? found.reason
        : `Nobody is known by the ${found.identifier.kind.replace('_', ' ')} "${found.identifier.value}".`
    throw new DefinitionError('not-found', 'person_unknown', `${reason} With "create": true somebody new is made.`, { field: 'person' })
  }
  const who = found.kind === 'known' ? { profileId: found.profileId } : { identifiers: [found.identifier] }
  const [outcome] = await append([requestEvent({ id, properties, who, ...(key !== undefined && { key }) })])
  if (outcome?.kind === 'rejected')
    throw new DefinitionError('bad-input', 'properties_invalid', 'The database refused what was asked; nothing happened.', {
      problems: outcome.problems,
    })
  return outcome?.kind === 'duplicate' ? 'repeated' : 'asked'
}

function requestEvent(asked: {
  readonly id: string
  readonly properties: JsonObject
  readonly who: AcceptEvent['who']
  readonly key?: string
}): AcceptEvent {
  const now = Date.now()
  return {
    source: ownSource,
    messageId: `enter:${asked.id}:${asked.key ?? randomUUID()}`,
    type: 'track',
    name: eventNames.journeyRequested,
    timestamp: now,
    // The id of a repeated event is looked for at one and the same day, for ever.
    dedupeAt: asked.key === undefined ? now : 0,
    properties: { journey: asked.id, by: 'api', properties: asked.properties },
    context: {},
    lane: lanes.live,
    triggers: true,
    who: asked.who,
  }
}
