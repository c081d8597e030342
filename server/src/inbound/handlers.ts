import { inboundChannels, shardCount, type InboundChannel, type PersonRef } from '@throughline/contracts'
import type { AcceptEvent, AcceptOutcome } from '../ingest/index.ts'
import type { Handlers } from '../platform/http/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { InboundError } from './errors.ts'
import { receive } from './receive.ts'

export interface InboundDeps {
  readonly pool: Db
  readonly findRef: (
    ref: PersonRef,
  ) => Promise<{ readonly kind: 'known'; readonly profileId: string } | { readonly kind: 'new' } | { readonly kind: 'nobody' }>
  /** The id a person goes by today; throws when there is nobody. */
  readonly livingPerson: (id: string) => Promise<string>
  readonly append: (events: AcceptEvent[]) => Promise<readonly AcceptOutcome[]>
}

// The id does not tell the shard: one look by primary key in each.
const MESSAGE = `
select m.profile_id, m.channel, m.address, m.provider from generate_series(0, ${shardCount - 1}) s
join messages m on m.shard = s and m.id = $1::text limit 1`

/** Handlers of the routes by which people's words come in. */
export function makeInboundHandlers(deps: InboundDeps): Handlers<'receiveMessage' | 'replyToMessage'> {
  return {
    async receiveMessage({ body }) {
      const found = await deps.findRef(body.channel === 'email' ? { email: body.from } : { phone: body.from })
      return receive(deps, { ...body, profileId: found.kind === 'known' ? found.profileId : null })
    },
    async replyToMessage({ params, body }) {
      const { rows } = await deps.pool.query<{ profile_id: string; channel: string; address: string | null; provider: string | null }>(
        MESSAGE,
        [params.id],
      )
      const [message] = rows
      const channel = inboundChannels.find((one) => one === message?.channel)
      if (message === undefined || channel === undefined || message.provider !== 'sandbox' || message.address === null)
        throw new InboundError(
          'bad-input',
          'reply_unsuitable',
          `"${params.id}" is no message in the sandbox that people could answer; allowed: one by ${nameList()} that went to the sandbox.`,
          { field: 'id', value: params.id, allowed: 'a message by e-mail, SMS or WhatsApp in the sandbox' },
        )
      const profileId = await deps.livingPerson(message.profile_id)
      return receive(deps, { channel, from: message.address, text: body.text, inReplyTo: params.id, create: false, profileId })
    },
  }
}

function nameList(): string {
  const names: { readonly [C in InboundChannel]: string } = { email: 'e-mail', sms: 'SMS', whatsapp: 'WhatsApp' }
  return inboundChannels.map((one) => names[one]).join(', ')
}
