import type { AnswerRates, Definition, DefinitionKind, RfmThresholds } from '@throughline/contracts'
import { calendarOf, type Calendar } from '../calendar/index.ts'

type DefinitionOf<K extends DefinitionKind> = Extract<Definition, { kind: K }>

/** What conditions depend on besides the person: the shop's calendar, and the definitions that they name. */
export interface ConditionContext {
  readonly calendar: Calendar
  /** Of those who said nothing about a channel. */
  readonly consentDefaults: { readonly [channel: string]: 'granted' | 'withdrawn' }
  /** Whether messages are held by the hours of people's own clocks. */
  readonly hasQuietHours?: boolean
  /** Where the fifths of all buyers part; before they were computed for the first time, nowhere. */
  readonly rfm?: RfmThresholds | undefined
  /** What everybody answers by each channel; left out before it was computed. */
  readonly answers?: AnswerRates
  /** The latest version of a definition; `undefined` when there is none. */
  find<K extends DefinitionKind>(kind: K, id: string): DefinitionOf<K> | undefined
}

/** A context of these definitions, the latest of each kind and id. */
export function makeContext(
  definitions: Iterable<Definition>,
  zone: string,
  consentDefaults: ConditionContext['consentDefaults'] = {},
  rfm?: RfmThresholds,
): ConditionContext {
  const byKey = new Map<string, Definition>()
  for (const definition of definitions) {
    // A segment out of use is as none.
    if (definition.kind === 'segment' && definition.archived === true) continue
    byKey.set(`${definition.kind}/${definition.id}`, definition)
  }
  return {
    calendar: calendarOf(zone),
    consentDefaults,
    rfm,
    find<K extends DefinitionKind>(kind: K, id: string) {
      const found = byKey.get(`${kind}/${id}`)
      return found !== undefined && isKind(found, kind) ? found : undefined
    },
  }
}

/** No definitions, and the days of UTC. */
export const bareContext: ConditionContext = makeContext([], 'UTC')

function isKind<K extends DefinitionKind>(definition: Definition, kind: K): definition is DefinitionOf<K> {
  return definition.kind === kind
}
