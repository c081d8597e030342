import { randomUUID } from 'node:crypto'
import {
  eventNames,
  lanes,
  ownSource,
  type Identifier,
  type Json,
  type JsonObject,
  type Lane,
  type PersonDetail,
} from '@throughline/contracts'
import { normaliseIdentifier } from '../identity/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { identifierTaken } from './errors.ts'

/** The event that says traits, as `ingest` accepts it. */
export interface IdentifiedEvent {
  readonly source: typeof ownSource
  readonly messageId: string
  readonly type: 'identify'
  readonly name: string
  readonly timestamp: number
  readonly dedupeAt: number
  readonly properties: JsonObject
  readonly context: JsonObject
  readonly lane: Lane
  readonly triggers: boolean
  readonly who: { readonly profileId: string } | { readonly identifiers: readonly Identifier[] }
}

/**
 * The event by which somebody of the team says traits of a person. An e-mail address or phone number among them that is
 * new becomes an identifier, as it does when the shop says it.
 * @throws PersonError `identifier_taken` when it is somebody else's
 */
export async function identifiedEvent(
  db: Db,
  person: PersonDetail,
  traits: { readonly [name: string]: Json },
  by: string,
): Promise<IdentifiedEvent> {
  const fresh: Identifier[] = []
  for (const kind of ['email', 'phone'] as const) {
    const value = traits[kind]
    const identifier = typeof value === 'string' ? normaliseIdentifier(kind, value) : undefined
    if (identifier === undefined || person.identifiers.some((one) => one.kind === kind && one.value === identifier.value)) continue
    const { rows } = await db.query<{ owner: string }>(
      'select profile_id as owner from identifiers where kind = $1::text and value = $2::text',
      [kind, identifier.value],
    )
    if (rows[0] !== undefined) throw identifierTaken(`traits.${kind}`, identifier.value, rows[0].owner)
    fresh.push(identifier)
  }
  const own = person.identifiers[0]
  const at = Date.now()
  return {
    source: ownSource,
    messageId: `traits:${randomUUID()}`,
    type: 'identify',
    name: eventNames.identified,
    timestamp: at,
    dedupeAt: at,
    properties: traits,
    context: { by },
    lane: lanes.live,
    triggers: true,
    who:
      fresh.length > 0 && own !== undefined
        ? { identifiers: [{ kind: own.kind as Identifier['kind'], value: own.value }, ...fresh] }
        : { profileId: person.id },
  }
}
