import { acceptLimits, lanes, type CallType, type Problem } from '@throughline/contracts'
import type { AcceptEvent } from './accept-event.ts'
import type { Accepter } from './accepter.ts'
import { bodyTooLarge, unreadable, type Body } from './body.ts'
import { IngestError } from './errors.ts'
import { isObject, readEvent, readSharedContext, tooLarge, type CallFrame } from './read-event.ts'
import { readScanned, scanBatch, scanSingle, type ScannedEvent } from './scan-event.ts'
import type { Refusal } from './refusal.ts'
import { keepable } from './rejected-store.ts'
import { findSource, type SourceFinder } from './write-key.ts'

/** What a route of the ingest API takes. */
export type CallKind = CallType | 'batch' | 'import' | 'metrics'

export interface CallDeps {
  readonly accepter: Accepter
  readonly sources: SourceFinder
}

export interface RejectedAt {
  readonly index: number
  readonly problems: readonly Problem[]
}

/** Answer to a call that was taken: for a batch, also how many of its events, and which were refused and why. */
export type CallAnswer =
  | { readonly success: true }
  | { readonly success: true; readonly accepted: number; readonly rejected: readonly RejectedAt[] }

/**
 * Takes one call: parse → find the source → check each event → accept → keep what was refused.
 * @param body unpacked
 * @param keyOf the write key that came with the request, when one did; else it is looked for in the body
 * @throws IngestError when nothing was taken: the call as a whole is wrong, its single event is, or storing failed
 */
export async function takeCall(
  kind: CallKind,
  { text, bytes }: Body,
  keyOf: string | undefined,
  receivedAt: number,
  deps: CallDeps,
): Promise<CallAnswer> {
  // Most calls are read where they stand; of what is not of the usual make, the text is parsed.
  const many = kind === 'batch' || kind === 'import' || kind === 'metrics'
  const batch = many ? scanBatch(text, bytes) : null
  const single = many || keyOf === undefined ? null : scanSingle(text, bytes)
  const body = single ? null : parseBody(batch ? batch.rest : text)
  const source = await findSource(keyOf ?? readKey(body!), deps.sources)
  deps.sources.noteEvent(source)
  // The SDKs' own statistics about themselves come to a route of the same name; nobody here needs them.
  if (kind === 'metrics' && !Array.isArray(body!.batch)) return { success: true }
  const importing = kind === 'import'
  const frame: CallFrame = {
    source,
    receivedAt,
    raw: text,
    escapes: text.includes('\\u'),
    sentAt: body?.sentAt,
    context: undefined,
    lane: importing ? lanes.bulk : lanes.live,
    triggers: !importing,
  }
  if (kind === 'batch' || kind === 'import' || kind === 'metrics') {
    const events = batch?.events.map((event): Given => ({ kind: 'scanned', event })) ?? givenIn(body!.batch)
    return takeBatch(events, { ...frame, context: readSharedContext(body!.context, text, frame.escapes) }, deps)
  }
  const event = single && text.length * 3 <= acceptLimits.eventBytes ? readScanned(single, kind, frame) : null
  if (event) return acceptSingle(event, deps)
  return takeSingle(kind, body ?? parseBody(text), text, frame, deps)
}

/** An event of a list: found in the text of a call, or parsed. */
export type Given = { readonly kind: 'scanned'; readonly event: ScannedEvent } | { readonly kind: 'parsed'; readonly value: unknown }

function givenIn(batch: unknown): Given[] | null {
  return Array.isArray(batch) ? batch.map((value): Given => ({ kind: 'parsed', value })) : null
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unreadable(text.trim() === '' ? 'is empty' : 'is not JSON', 'a JSON object')
  }
}

function parseBody(text: string): { readonly [name: string]: unknown } {
  const body = parse(text)
  if (!isObject(body)) throw unreadable('is JSON, but no object', 'a JSON object')
  return body
}

function readKey(body: { readonly [name: string]: unknown }): string | undefined {
  const key = body.writeKey ?? body.write_key
  return typeof key === 'string' && key !== '' ? key : undefined
}

async function takeSingle(type: CallType, body: unknown, text: string, frame: CallFrame, deps: CallDeps): Promise<CallAnswer> {
  const bytes = text.length * 3 > acceptLimits.eventBytes ? Buffer.byteLength(text) : 0
  const read = bytes > acceptLimits.eventBytes ? ({ kind: 'refused', refusals: [tooLarge(bytes)] } as const) : readEvent(body, type, frame)
  if (read.kind === 'refused') {
    await deps.accepter.reject(
      [keepable(frame.source, type, body, read.refusals)],
      read.refusals.map(({ code }) => code),
    )
    throw eventRefused(read.refusals)
  }
  return acceptSingle(read.event, deps)
}

async function acceptSingle(event: AcceptEvent, deps: CallDeps): Promise<CallAnswer> {
  const [outcome] = await deps.accepter.accept([event])
  if (outcome?.kind === 'rejected') throw eventRefused(outcome.problems.map((problem) => ({ code: 'bad_value', problem })))
  return { success: true }
}

function eventRefused(refusals: readonly Refusal[]): IngestError {
  const problems = refusals.map(({ problem }) => problem)
  const first = problems[0]!
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const size = refusals.some(({ code }) => code === 'too_large')
  return new IngestError(size ? 'too-large' : 'bad-input', 'event_refused', `${first.message} Allowed: ${first.allowed}.${more}`, {
    field: first.field,
    value: first.value,
    allowed: first.allowed,
    problems,
  })
}

async function takeBatch(batch: readonly Given[] | null, frame: CallFrame, deps: CallDeps): Promise<CallAnswer> {
  if (batch === null) {
    throw new IngestError('bad-input', 'body_unreadable', 'The body has no list of events in "batch".', {
      field: 'batch',
      allowed: 'a list of events',
    })
  }
  if (frame.raw.length > acceptLimits.batchBytes) throw bodyTooLarge(frame.raw.length)
  if (batch.length > acceptLimits.batchEvents) {
    throw new IngestError(
      'bad-input',
      'too_many_events',
      `The batch has ${batch.length} events; at most ${acceptLimits.batchEvents} are taken at once. Send them in several calls.`,
      {
        field: 'batch',
        value: batch.length,
        allowed: `at most ${acceptLimits.batchEvents} events`,
      },
    )
  }
  const { accepted, duplicates, rejected } = await takeEvents(batch, frame, deps.accepter)
  // What was taken before is taken: a client that sends again has succeeded.
  return { success: true, accepted: accepted + duplicates, rejected }
}

/**
 * Takes the good events of a list and lists the bad ones.
 * @throws IngestError `body_too_large` when the context that they share would be stored too often, and what `accept` throws
 */
export async function takeEvents(
  values: readonly Given[],
  frame: CallFrame,
  accepter: Accepter,
): Promise<{ accepted: number; duplicates: number; rejected: RejectedAt[] }> {
  const events: AcceptEvent[] = []
  const places: number[] = []
  const rejected: RejectedAt[] = []
  const kept = []
  const codes: string[] = []
  let sharing = 0
  for (const [index, given] of values.entries()) {
    const scanned = given.kind === 'scanned' ? readScanned(given.event, null, frame) : null
    if (scanned) {
      events.push(scanned)
      places.push(index)
      continue
    }
    const value = given.kind === 'scanned' ? parse(given.event.text) : given.value
    const read = readEvent(value, null, frame)
    if (read.kind === 'event') {
      if (read.event.context === frame.context?.text) sharing++
      events.push(read.event)
      places.push(index)
      continue
    }
    rejected.push({ index, problems: read.refusals.map(({ problem }) => problem) })
    kept.push(keepable(frame.source, null, value, read.refusals))
    for (const { code } of read.refusals) codes.push(code)
  }
  if (frame.context) checkShared(frame.context.text, sharing)
  const outcomes = await accepter.accept(events)
  if (kept.length > 0) await accepter.reject(kept, codes)
  let duplicates = 0
  for (const [at, outcome] of outcomes.entries()) {
    if (outcome.kind === 'rejected') rejected.push({ index: places[at]!, problems: outcome.problems })
    else if (outcome.kind === 'duplicate') duplicates++
  }
  rejected.sort((a, b) => a.index - b.index)
  return { accepted: values.length - rejected.length - duplicates, duplicates, rejected }
}

/** A context is stored with each event that has it: a small call must not become a large one. */
function checkShared(context: string, events: number): void {
  const bytes = Buffer.byteLength(context) * events
  if (bytes <= acceptLimits.sharedContextBytes) return
  throw new IngestError(
    'too-large',
    'body_too_large',
    `The batch's context is stored with each of its ${events} events without one of their own, ${bytes} bytes in all. Send them in several calls.`,
    { field: 'context', value: bytes, allowed: `at most ${acceptLimits.sharedContextBytes} bytes (4 MB), counted once for each event` },
  )
}
