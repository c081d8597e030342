import type { ChannelKind, JourneyDefinition } from '@throughline/contracts'
import type { Calendar } from '../calendar/index.ts'
import type { DecisionSettings } from '../ports.ts'
import type { ConsentState, ProfileState, Trait } from '../profile.ts'

/** What a rule may look at. Rules are asked at the present instant, also when a timer fires late. */
export interface Question {
  readonly channel: ChannelKind
  readonly purpose: 'marketing' | 'transactional'
  /** Where the message would go; `null` when the channel needs an address and none is known. */
  readonly address: string | null
  readonly profile: {
    readonly id: string
    readonly traits: { readonly [name: string]: Trait }
    readonly consents: { readonly [key: string]: ConsentState }
    readonly suppressed: ProfileState['suppressed']
    readonly messaged?: ProfileState['messaged']
  }
  /** The journey that wants to say it. */
  readonly journey: { readonly id: string; readonly name: string; readonly mostMessages?: JourneyDefinition['mostMessages'] }
  /** The clocks by which the person lives. */
  readonly clocks: Calendar
  readonly settings: DecisionSettings
  readonly now: number
}

/** What a rule says; `reason` is the rest of a sentence after "Held back: " or, of a delay, "Held ". */
export type Answer =
  | { readonly kind: 'allow' }
  | { readonly kind: 'delay'; readonly until: number; readonly reason: string }
  | { readonly kind: 'refuse'; readonly reason: string }

export interface Rule {
  readonly name: string
  answer(question: Question): Answer
}

export const allow: Answer = { kind: 'allow' }
