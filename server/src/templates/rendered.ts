import type { ChannelKind, TextChannel } from '@throughline/contracts'
import type { EmailMarks, MARKS } from './marked.ts'

/** What the filters go by for one person. */
export interface RenderOptions {
  /** IANA time zone, such as `Europe/Istanbul`. */
  readonly zone: string
  /** BCP 47, such as `de-CH`. */
  readonly locale: string
  /** ISO 4217, such as `EUR`. */
  readonly currency: string
}

interface RenderedKinds {
  readonly email: {
    readonly channel: 'email'
    readonly subject: string
    readonly html: string
    readonly text: string
    readonly replyTo: string | null
    readonly [MARKS]?: EmailMarks
  }
  readonly inbox: {
    readonly channel: 'inbox'
    readonly title: string
    readonly body: string
    readonly url: string | null
    readonly image: string | null
  }
  readonly webhook: {
    readonly channel: 'webhook'
    readonly url: string
    readonly method: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
}

interface RenderedText {
  readonly channel: TextChannel
  /** Null where the channel has none. */
  readonly title: string | null
  readonly body: string
  readonly url: string | null
}

/** The finished texts of a message. */
export type Rendered<C extends ChannelKind = ChannelKind> = C extends TextChannel ? RenderedText : RenderedKinds[Exclude<C, TextChannel>]
