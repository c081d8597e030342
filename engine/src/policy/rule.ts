import type { ChannelKind, Duration, JourneyDefinition } from '@throughline/contracts'
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
  /** A journey above that one, during which what it says in marketing is held back. */
  readonly above?: Above | undefined
  /** The clocks by which the person lives. */
  readonly clocks: Calendar
  readonly settings: DecisionSettings
  readonly now: number
}

/** A more important journey that the person is in and that wants to be alone. */
export interface Above {
  readonly name: string
  /** Marketing waits for it to be over, until an instant, epoch ms; left out: it does not go out. */
  readonly wait?: { readonly atMost: Duration; readonly until: number }
}

/** What a rule says; `reason` is the rest of a sentence after "Held back: " or, of a delay, "Held ". */
export type Answer =
  | { readonly kind: 'allow' }
  /** `orOver`: to be asked again when a journey of theirs is over, if that comes first. */
  | { readonly kind: 'delay'; readonly until: number; readonly reason: string; readonly orOver?: true }
  | { readonly kind: 'refuse'; readonly reason: string }

export interface Rule {
  readonly name: string
  answer(question: Question): Answer
}

export const allow: Answer = { kind: 'allow' }
