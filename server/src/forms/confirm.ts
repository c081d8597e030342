import { eventNames, lanes, ownSource, type FormBody, type JsonObject } from '@throughline/contracts'
import { consentChangedEvent } from '../consent/index.ts'
import type { AcceptEvent, AcceptOutcome } from '../ingest/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import type { Secrets } from '../platform/secrets/index.ts'
import { findForm } from './store.ts'
import { findWaiting, markConfirmed, type Waiting } from './submissions.ts'

type Signer = Pick<Secrets, 'signToken' | 'readToken'>
const PURPOSE = 'form-confirmation'
const LONGEST_TOKEN = 1_000

/** The address of the page where a submission is confirmed; good until `expiresAt`, epoch ms. */
export function makeLink(signer: Signer, baseUrl: string, formId: string, messageId: string, expiresAt: number): string {
  return `${baseUrl.replace(/\/+$/, '')}/f/${signer.signToken(PURPOSE, `${formId}\n${messageId}`, expiresAt)}`
}

/** What stands behind a link. */
export type Found =
  /** Nobody signed it, or nothing is kept of it. */
  | { readonly kind: 'broken' }
  | { readonly kind: 'expired' }
  | {
      readonly kind: 'waiting' | 'confirmed'
      readonly formId: string
      readonly messageId: string
      readonly waiting: Waiting
      /** Null: the form was deleted, or confirms nothing any more. What somebody agreed to before can be confirmed all the same. */
      readonly words: FormBody['confirmation']
    }

/** Looks at a link, and changes nothing. @param now epoch ms */
export async function findLink(pool: Pool, signer: Signer, token: string, now: number): Promise<Found> {
  if (token.length > LONGEST_TOKEN) return { kind: 'broken' }
  // Read as of the beginning of time first: what is good then and not now has expired.
  const parts = signer.readToken(PURPOSE, token, 0)?.split('\n')
  const [formId, messageId] = parts ?? []
  if (formId === undefined || messageId === undefined) return { kind: 'broken' }
  const [waiting, form] = await Promise.all([findWaiting(pool, formId, messageId), findForm(pool, formId)])
  if (waiting === null) return { kind: 'broken' }
  const words = form?.confirmation ?? null
  if (waiting.confirmedAt !== null) return { kind: 'confirmed', formId, messageId, waiting, words }
  if (signer.readToken(PURPOSE, token, now) === null) return { kind: 'expired' }
  return { kind: 'waiting', formId, messageId, waiting, words }
}

/**
 * Confirms a submission: what was agreed to holds from now on as the person's own word, also where they had left, and `Form Confirmed` says so.
 * Done twice, also at once, it happens once.
 * @param context where from and by what, kept as proof
 */
export async function confirm(
  { pool, append }: { readonly pool: Pool; readonly append: (events: AcceptEvent[]) => Promise<readonly AcceptOutcome[]> },
  { formId, messageId, waiting }: Extract<Found, { kind: 'waiting' | 'confirmed' }>,
  context: JsonObject,
): Promise<void> {
  const at = Date.now()
  const key = `form-confirmed:${formId}:${messageId}`
  const consents = waiting.grants.map(({ channel, topic, wording }): AcceptEvent => ({
    ...consentChangedEvent({
      profileId: waiting.profileId,
      channel,
      topic,
      state: 'granted',
      source: `form ${formId}, confirmed by e-mail`,
      // The link proves one address and no other.
      address: channel === 'email' ? waiting.address : null,
      ...(wording !== '' && { wording }),
    }),
    messageId: `${key}:${channel}:${topic}`,
    dedupeAt: 0,
    context,
  }))
  await append([
    ...consents,
    {
      source: ownSource,
      messageId: key,
      type: 'track',
      name: eventNames.formConfirmed,
      timestamp: at,
      dedupeAt: 0,
      properties: waiting.properties,
      context,
      lane: lanes.live,
      triggers: true,
      who: { profileId: waiting.profileId },
    },
  ])
  await markConfirmed(pool, formId, messageId, at)
}
