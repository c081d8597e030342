import type { Condition, ConditionKind } from '@throughline/contracts'
import { allCondition } from './all.ts'
import { anyCondition } from './any.ts'
import type { ConditionBehaviour, ConditionOf } from './behaviour.ts'
import { eventCondition } from './event.ts'
import { eventTimeCondition } from './event-time.ts'
import { computedCondition } from './computed.ts'
import { measureCondition } from './measure.ts'
import { messageCondition } from './message.ts'
import { pageCondition, screenCondition } from './views.ts'
import { notCondition } from './not.ts'
import { sequenceCondition } from './sequence/sequence.ts'
import { rfmCondition } from './rfm/rfm.ts'
import { consentCondition } from './standing/consent.ts'
import { journeyCondition } from './standing/journey.ts'
import { listCondition } from './standing/list.ts'
import { randomCondition } from './standing/random.ts'
import { reachableCondition } from './standing/reachable.ts'
import { segmentCondition } from './standing/segment.ts'
import { contextCondition } from './technique/context.ts'
import { nearCondition } from './technique/near.ts'
import { traitCondition } from './trait.ts'

const registry: { readonly [K in ConditionKind]: ConditionBehaviour<ConditionOf<K>> } = {
  all: allCondition,
  any: anyCondition,
  not: notCondition,
  trait: traitCondition,
  event: eventCondition,
  'event-time': eventTimeCondition,
  page: pageCondition,
  screen: screenCondition,
  message: messageCondition,
  measure: measureCondition,
  segment: segmentCondition,
  list: listCondition,
  journey: journeyCondition,
  consent: consentCondition,
  random: randomCondition,
  reachable: reachableCondition,
  computed: computedCondition,
  context: contextCondition,
  sequence: sequenceCondition,
  near: nearCondition,
  rfm: rfmCondition,
}

/** The behaviour of a condition, by its kind. */
export function behaviourOf<K extends ConditionKind>(condition: ConditionOf<K> & { kind: K }): ConditionBehaviour<Condition> {
  // The registry pairs every kind with the behaviour of that kind; TypeScript cannot follow the pairing through a union.
  return registry[condition.kind] as ConditionBehaviour<Condition>
}
