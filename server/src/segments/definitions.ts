import type { Definition, RfmThresholds, SegmentDefinition } from '@throughline/contracts'
import { makeContext, type ConditionContext, type DecisionSettings } from '@throughline/engine'
import type { Db } from '../platform/postgres/index.ts'

/** All definitions in their newest version. */
export async function loadDefinitions(db: Db): Promise<Definition[]> {
  const { rows } = await db.query<{ body: Definition }>(
    `select distinct on (kind, id) body from definitions order by kind, id, version desc`,
  )
  return rows.map(({ body }) => body)
}

/** What conditions depend on besides the person, as it is in force now. */
export function contextOf(
  definitions: readonly Definition[],
  { zone, consentDefaults }: DecisionSettings,
  rfm?: RfmThresholds,
): ConditionContext {
  return makeContext(definitions, zone, consentDefaults, rfm)
}

export function isSegment(definition: Definition): definition is SegmentDefinition {
  return definition.kind === 'segment'
}
