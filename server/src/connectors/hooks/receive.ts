import type { IncomingHttpHeaders } from 'node:http'
import { shardOf, type Json, type Problem } from '@throughline/contracts'
import { readBody, readConnected, rejectConnected, type AcceptEvent, type Accepter } from '../../ingest/index.ts'
import { readConsentsOf } from '../../consent/index.ts'
import { lookUp } from '../../identity/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import { ConnectorError } from '../errors.ts'
import { parseExactly } from './json.ts'
import { readThings, thingsOf, type Call, type Told } from './read.ts'
import type { StoredHook } from './store.ts'

export interface ReceiveDeps {
  readonly pool: Pool
  readonly accepter: Pick<Accepter, 'accept' | 'reject'>
}

/** What came of a body: how many of its things were taken, how many had been before, and which were refused. */
export interface Received {
  readonly taken: number
  readonly repeated: number
  readonly refused: readonly { readonly index: number; readonly problems: readonly Problem[] }[]
}

/** What came of a body, and what is said of it to others than the sender. */
export interface Outcome {
  readonly received: Received
  /** Why nothing of it could be taken; null when something was. */
  readonly failure: ConnectorError | null
  /** Whether it tells of somebody who was forgotten, so that nothing of it may be kept. */
  readonly forgotten: boolean
}

/** The text of a body and what it says. @throws ConnectorError `hook_body_wrong`, IngestError when it is too long or no text */
export async function openBody(raw: Buffer, encoding: string | undefined): Promise<{ json: Json; text: string }> {
  const { text } = await readBody(raw, encoding)
  try {
    const json = parseExactly(text)
    // As it is kept: without escapes of letters, so that somebody who is to be forgotten is found in it.
    return { json, text: JSON.stringify(json) }
  } catch (cause) {
    throw new ConnectorError('bad-input', 'hook_body_wrong', 'The body is not JSON; allowed: a JSON object or list.', {
      field: 'body',
      value: text.slice(0, 100),
      allowed: 'a JSON object or list',
      cause,
    })
  }
}

/**
 * Takes what a body tells: every thing under its own ids, each whole or not at all as far as it can be seen before. Durable when it answers.
 * @throws ConnectorError `hook_not_mapped`, `hook_body_wrong`
 */
export async function receive(
  deps: ReceiveDeps,
  hook: StoredHook,
  body: Json,
  headers: IncomingHttpHeaders,
  now: number,
): Promise<Outcome> {
  const { mapping, kind, items, identity, source } = hook
  if (mapping === null) throw new ConnectorError('conflict', 'hook_not_mapped', 'Nobody has said what becomes of a body yet.')
  const told = readThings(thingsOf(body, items), { kind, items, identity, mapping }, headers, now)
  const read = told.map((one) => {
    const calls = one.calls.map((call) => readConnected(call, { source, receivedAt: now, forEver: one.named }))
    const problems = [...one.problems, ...calls.flatMap((call) => (call.ok ? [] : call.problems))]
    return { one, problems, events: problems.length > 0 ? [] : calls.flatMap((call) => (call.ok ? call.event : [])) }
  })
  const outcomes = await deps.accepter.accept(read.flatMap(({ events }) => events))
  const refused: { index: number; problems: readonly Problem[] }[] = []
  const unseen: { value: unknown; problems: readonly Problem[] }[] = []
  const again: AcceptEvent[] = []
  let repeated = 0
  const forgotten = outcomes.some((outcome) => outcome.kind === 'rejected' && outcome.forgotten === true)
  let at = 0
  for (const [index, { one, problems, events }] of read.entries()) {
    const own = outcomes.slice(at, (at += events.length))
    const late = own.flatMap((outcome) => (outcome.kind === 'rejected' ? outcome.problems : []))
    if (problems.length > 0) unseen.push({ value: one.thing, problems })
    if (problems.length + late.length > 0) refused.push({ index, problems: [...problems, ...late] })
    else if (own.every(({ kind }) => kind === 'duplicate')) repeated += 1
    // An id by a path may be that of the contact, who opts out more than once.
    if (identity.kind !== 'header')
      for (const [place, outcome] of own.entries())
        if (outcome.kind === 'duplicate' && isOptOut(one.calls[place])) again.push(events[place]!)
  }
  await keepOptOuts(deps, again)
  if (unseen.length > 0) await rejectConnected(deps.accepter, source, unseen)
  const taken = told.length - refused.length - repeated
  const all = refused.flatMap(({ problems }) => problems)
  const failure = refused.length > 0 && refused.length === told.length ? refuse(refused[0]!.problems, all, told) : null
  return { received: { taken, repeated, refused }, failure, forgotten }
}

const isOptOut = (call: Call | undefined): boolean => (call?.properties as { state?: unknown } | undefined)?.state === 'withdrawn'

/**
 * Two opt-outs with an agreement between them may read the same to the letter. The second is no repetition, so what was taken for
 * one is looked at again: it counts anew, under an id of its own, when the person is not known as opted out.
 */
async function keepOptOuts({ pool, accepter }: ReceiveDeps, events: readonly AcceptEvent[]): Promise<void> {
  if (events.length === 0) return
  const anew: AcceptEvent[] = []
  for (const event of events) {
    const identifiers = 'identifiers' in event.who ? event.who.identifiers : []
    const { owners } = await lookUp(pool, [{ identifiers }])
    const profileId = identifiers.map(({ kind, value }) => owners.get(`${kind}:${value}`)).find((owner) => owner !== undefined)
    if (profileId === undefined) continue
    const { channel, topic } = JSON.parse(String(event.properties)) as { channel: string; topic: string }
    const consents = (await readConsentsOf(pool, [{ shard: shardOf(profileId), profileId }])).get(profileId)
    const standing = consents?.find((one) => one.channel === channel && one.topic === topic)
    if (standing?.state === 'granted') anew.push({ ...event, messageId: `${event.messageId}:${standing.at}` })
  }
  await accepter.accept(anew)
}

function refuse(first: readonly Problem[], all: readonly Problem[], told: readonly Told[]): ConnectorError {
  const { field, value, allowed, message } = first[0]!
  const of = told.length === 1 ? '' : ` None of the ${told.length} things could be taken.`
  return new ConnectorError('bad-input', 'hook_refused', `${message} Allowed: ${allowed}.${of}`, {
    field,
    value,
    allowed,
    problems: all.slice(0, 50),
  })
}
