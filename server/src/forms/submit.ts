import { randomUUID } from 'node:crypto'
import {
  durationToMs,
  eventNames,
  formPlaces,
  lanes,
  type FormBody,
  type Identifier,
  type JsonObject,
  type Settings,
} from '@throughline/contracts'
import { queueMessage } from '../channels/index.ts'
import { lookUp, normaliseIdentifier } from '../identity/index.ts'
import type { AcceptEvent, AcceptOutcome } from '../ingest/index.ts'
import { HttpFailure } from '../platform/http/index.ts'
import { withTransaction, type Pool } from '../platform/postgres/index.ts'
import { FormError } from './errors.ts'
import { readValues, type FormValues } from './read-values.ts'
import { countAsked, insertSubmission, type Asked, type Grant } from './submissions.ts'

/** The source of what people say in forms. Not our own: as with a write key, anybody may say it of anybody. */
const SOURCE = 'forms'
/** So many links go to one address in so long, ms, whoever asks for them: a form is no way to fill a mailbox. */
const MOST_LINKS = 3
const LINKS_MS = 3_600_000

export interface SubmitDeps {
  readonly pool: Pool
  readonly settings: () => Promise<Pick<Settings, 'baseUrl'>>
  /** The address of the page where a submission is confirmed. */
  readonly linkOf: (baseUrl: string, formId: string, messageId: string, expiresAt: number) => string
  readonly append: (events: AcceptEvent[]) => Promise<readonly AcceptOutcome[]>
}

/** What came with a submission besides its values. */
export interface Sender {
  readonly ip: string
  readonly userAgent: string | undefined
  readonly referrer: string | undefined
}

/** What is answered to who submitted. */
export interface SubmitAnswer {
  readonly success: true
  /** `confirm`: a link was sent, and what was agreed to holds once it is confirmed. */
  readonly status: 'taken' | 'confirm'
  readonly message: string
  readonly redirect: string | null
}

/**
 * Takes a submission: who it is, what they agree to, and that they submitted it, as events of theirs; or, where it has to be confirmed, a message
 * with the link in the place of the consent. All of it is durable when it answers; sent again under the same message id, nothing happens twice.
 * @throws FormError `form_invalid`, `form_person_refused`; HttpFailure `too_many_requests`
 */
export async function submit(
  deps: SubmitDeps,
  id: string,
  form: FormBody,
  given: { readonly [name: string]: unknown },
  sender: Sender,
): Promise<SubmitAnswer> {
  const { confirmation, thanks, redirect } = form
  const answer: SubmitAnswer = { success: true, status: confirmation === null ? 'taken' : 'confirm', message: thanks, redirect }
  // Whoever fills in what nobody sees is told what everybody is told.
  const trap = given[formPlaces.trap]
  if (trap !== undefined && trap !== null && trap !== '') return answer
  const { said, problems } = readValues(form, given)
  if (problems[0] !== undefined)
    throw new FormError('bad-input', 'form_invalid', problems.map(({ message }) => message).join(' '), {
      field: problems[0].field,
      value: problems[0].value,
      allowed: problems[0].allowed,
      problems,
    })
  const at = Date.now()
  const messageId = readMessageId(given[formPlaces.message])
  const grants = grantsOf(form, said)
  const properties: JsonObject = { [formPlaces.form]: id, ...said.values }
  const asked: Asked | null =
    confirmation === null || said.email === null
      ? null
      : { address: said.email, properties, grants, expiresAt: at + durationToMs(confirmation.validFor) }
  if (asked !== null) await refuseTooMany(deps.pool, asked.address, at)
  const anonymous = normaliseIdentifier('anonymous_id', textOf(given[formPlaces.anonymous], 255))
  const identifiers = [...said.identifiers, ...(anonymous === undefined ? [] : [anonymous])]
  const event = makeEvents(`${id}:${messageId}`, identifiers, contextOf(sender, given[formPlaces.page]), at)
  const outcomes = await deps.append([
    event('', 'identify', eventNames.identified, said.traits),
    ...(asked === null ? grants : []).map(({ channel, topic, wording }) =>
      event(`:${channel}:${topic}`, 'track', eventNames.consentChanged, {
        channel,
        topic,
        state: 'granted',
        source: `form ${id}`,
        ...(wording !== '' && { wording }),
        ...(channel === 'email' && said.email !== null && { address: said.email }),
      }),
    ),
    event(':submitted', 'track', eventNames.formSubmitted, properties),
  ])
  const profileId = await findWhom(deps.pool, outcomes, said.identifiers)
  const variables = { event: { name: eventNames.formSubmitted, timestamp: at, properties } }
  const baseUrl = asked === null ? '' : (await deps.settings()).baseUrl
  await withTransaction(deps.pool, async (client) => {
    const isNew = await insertSubmission(client, { formId: id, messageId, profileId, at, asked })
    if (!isNew || asked === null || confirmation === null) return
    await queueMessage(client, {
      id: `form-${randomUUID()}`,
      profileId,
      template: confirmation.template,
      purpose: 'transactional',
      reason: `Asked to confirm the form ${form.name}`,
      address: asked.address,
      variables: { ...variables, confirm_url: deps.linkOf(baseUrl, id, messageId, asked.expiresAt) },
    })
  })
  return answer
}

/** Everything that is agreed to: by submitting, and by the boxes that were ticked. */
function grantsOf({ consents }: FormBody, { values }: FormValues): readonly Grant[] {
  return consents
    .filter(({ field }) => field === undefined || values[field] === true)
    .map(({ channel, topic, wording }) => ({ channel, topic, wording }))
}

async function refuseTooMany(pool: Pool, address: string, at: number): Promise<void> {
  if ((await countAsked(pool, address, at - LINKS_MS)) < MOST_LINKS) return
  throw new HttpFailure(
    'too-many',
    'too_many_requests',
    'Several messages went to this address already. Please look into its mailbox, also among what was taken for spam, or try again in an hour.',
    { retryAfter: LINKS_MS / 1_000 },
  )
}

const makeEvents =
  (key: string, identifiers: readonly Identifier[], context: JsonObject, at: number) =>
  (which: string, type: 'identify' | 'track', name: string, properties: JsonObject): AcceptEvent => ({
    source: SOURCE,
    messageId: `${key}${which}`,
    type,
    name,
    timestamp: at,
    properties,
    context,
    lane: lanes.live,
    triggers: true,
    who: { identifiers },
  })

/** Whose submission it is; what was taken before, by a call that did not get to its end, is known by what it says of the person. */
async function findWhom(pool: Pool, outcomes: readonly AcceptOutcome[], identifiers: readonly Identifier[]): Promise<string> {
  const taken = outcomes.find((one) => one.kind === 'accepted')
  if (taken !== undefined) return taken.profileId
  if (outcomes.every(({ kind }) => kind === 'duplicate')) {
    const { owners } = await lookUp(pool, [{ identifiers: [...identifiers] }])
    const owner = identifiers.map(({ kind, value }) => owners.get(`${kind}:${value}`)).find((one) => one !== undefined)
    if (owner !== undefined) return owner
  }
  throw new FormError('conflict', 'form_person_refused', 'This could not be taken. Please write to the shop.', {})
}

/** Where from, and by what: the proof of a consent, kept with its event. */
export function contextOf({ ip, userAgent, referrer }: Sender, page?: unknown): JsonObject {
  const url = [textOf(page, 2_000), referrer ?? ''].find(
    (one) => /^https?:\/\//.test(one) && one.length <= 2_000 && !/\p{Surrogate}/u.test(one),
  )
  return {
    ip,
    ...(userAgent !== undefined && { userAgent: userAgent.slice(0, 1_000) }),
    ...(url !== undefined && !url.includes('\u0000') && { page: { url } }),
  }
}

function readMessageId(value: unknown): string {
  return typeof value === 'string' && /^[\w-]{1,100}$/.test(value) ? value : randomUUID()
}

function textOf(value: unknown, most: number): string {
  return typeof value === 'string' && value.length <= most ? value : ''
}
