import { shardOf, valueAt, type Json, type JsonObject, type Settings } from '@throughline/contracts'
import type { StepAnswer } from '@throughline/engine'
import type { Logger } from '../../platform/log/index.ts'
import { startLoop } from '../../platform/jobs/index.ts'
import { withTransaction, type Pool, type PoolClient } from '../../platform/postgres/index.ts'
import { TemplateError, type TemplateStore } from '../../templates/index.ts'
import { unpackTraits } from '../people.ts'
import { DeliveryError, type ChannelDeps, type Person } from '../port.ts'
import type { ProviderStore } from '../providers/store.ts'
import { webhookChannel } from '../webhook/index.ts'
import { claimRequests, endRequest, putOff, type ClaimedRequest } from './requests.ts'

export interface AskerDeps extends ChannelDeps {
  readonly log: Logger
  readonly providers: Pick<ProviderStore, 'refresh' | 'current' | 'share'>
  readonly templates: TemplateStore
  settings(): Promise<Settings>
  /** Tells the person's shard what came of a call, in the transaction that ends it. */
  tell(client: PoolClient, answer: StepAnswer & { readonly profileId: string }): Promise<void>
}

/** How often calls are looked for, ms. */
const LOOK_MS = 200
/** Calls on their way at the same time. */
const AT_ONCE = 20
/** How long one attempt may take, ms; less than half of a claim. */
const ATTEMPT_MS = 10_000
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 60_000
/** Merges that a person may have been through meanwhile. */
const MOST_MERGES = 20
/** How much of a text is kept. */
const MOST_CHARACTERS = 500

/**
 * Makes the calls that runs of journeys wait for, again with a pause twice as long each time until the run waits no more, and tells what
 * came of them: an answer once; a call more than once only if it was interrupted or failed, always with the same Idempotency-Key.
 */
export function startAsker(deps: AskerDeps): { stop(): Promise<void> } {
  const { pool, log } = deps
  const stopping = new AbortController()
  const underWay = new Set<Promise<void>>()
  const loop = startLoop({
    name: 'call webhooks that journeys wait for',
    everyMs: LOOK_MS,
    log,
    async run() {
      const share = deps.providers.share('webhook')
      const room = AT_ONCE - underWay.size
      const most = share === null ? room : Math.min(room, Math.max(1, Math.floor((share * LOOK_MS) / 1_000)))
      if (most <= 0) return
      const claimed = await claimRequests(pool, most)
      if (claimed.length > 0) await deps.providers.refresh()
      for (const request of claimed) {
        const call = carryOut(request)
          .catch((error: unknown) => {
            if (!stopping.signal.aborted) log.error({ err: error, request: request.id }, 'a call of a webhook is tried again later')
          })
          .finally(() => underWay.delete(call))
        underWay.add(call)
      }
    },
  })

  async function carryOut(request: ClaimedRequest): Promise<void> {
    if (Date.now() >= request.until) return finish(request, refusal('no answer in time'))
    const found = await findPerson(pool, request)
    if (found === 'gone') return void (await endRequest(pool, request))
    if (found === 'moving') return putOff(pool, request, FIRST_RETRY_MS)
    let answer: Answer
    try {
      answer = keepOf(request, await call(request, found))
    } catch (error) {
      if (stopping.signal.aborted) return
      const pause = pauseAfter(request, error)
      if (pause !== null) return putOff(pool, request, pause)
      const reason = error instanceof Error ? error.message : String(error)
      answer = refusal(request.attempts > 1 ? `${reason} (tried ${request.attempts} times)` : reason)
    }
    return finish(request, answer)
  }

  async function call(request: ClaimedRequest, person: Person): Promise<string> {
    const { provider, config } = deps.providers.current('webhook')
    if (provider.ask === undefined) throw new DeliveryError('failed', 'no webhook provider is set up; set one up under Settings, Channels')
    const settings = await deps.settings()
    const template = await deps.templates.load('webhook', request.template, request.templateVersion)
    const { id, shard, profileId, variables, at: createdAt } = request
    const content = await webhookChannel.compose(
      {
        id,
        shard,
        profileId,
        person,
        address: '',
        purpose: 'transactional',
        template,
        variables,
        settings,
        tracking: false,
        createdAt,
        config,
      },
      deps,
    )
    const limit = AbortSignal.timeout(Math.max(1, Math.min(ATTEMPT_MS, request.until - Date.now())))
    return provider.ask({ id, content }, AbortSignal.any([limit, stopping.signal]))
  }

  async function finish(request: ClaimedRequest, answer: Answer): Promise<void> {
    const { id, step, profileId } = request
    await withTransaction(pool, async (client) => {
      if (await endRequest(client, request)) await deps.tell(client, { id, step, profileId, ...answer })
    })
  }

  return {
    async stop() {
      stopping.abort()
      await loop.stop()
      await Promise.all(underWay)
    },
  }
}

type Answer = Omit<StepAnswer, 'id' | 'step'>
const refusal = (reason: string): Answer => ({ ok: false, fields: {}, reason: reason.slice(0, MOST_CHARACTERS) })

/** How long to wait before it is tried again, ms; null: not at all. */
function pauseAfter({ attempts, until }: ClaimedRequest, error: unknown): number | null {
  if (error instanceof TemplateError) return null
  const isHopeless = error instanceof DeliveryError && (error.trouble === 'failed' || error.trouble === 'refused')
  const asked = error instanceof DeliveryError ? (error.retryAfterMs ?? 0) : 0
  const pause = Math.max(asked, Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1)))
  return isHopeless || Date.now() + pause >= until ? null : pause
}

/** What is kept of an answer: texts, cut, numbers, and yes or no; what is not there is left out. */
function keepOf({ keep }: ClaimedRequest, text: string): Answer {
  const names = Object.entries(keep)
  if (names.length === 0) return { ok: true, fields: {} }
  const body = readObject(text)
  if (body === null) return refusal('it answered with something else than a JSON object')
  const fields: { [name: string]: Json } = {}
  for (const [name, path] of names) {
    const value = valueAt(body, path)
    if (typeof value === 'string') fields[name] = value.slice(0, MOST_CHARACTERS)
    else if (typeof value === 'number' || typeof value === 'boolean') fields[name] = value
  }
  return { ok: true, fields }
}

function readObject(text: string): JsonObject | null {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as JsonObject) : null
  } catch {
    return null
  }
}

// The run that waits, with its person; both are written in the transaction that writes the call.
const FIND = `
select p.traits, p.merged_into, r.run_id is not null as waits
from profiles p left join runs r on r.shard = p.shard and r.profile_id = p.id and r.run_id = $3::text and r.step = $4::text
where p.shard = $1::smallint and p.id = $2::uuid`

/** The person for whom a run waits: `gone` when it does not any more, `moving` while a merge is carrying it over to another profile. */
async function findPerson(pool: Pool, { profileId, run, step }: ClaimedRequest): Promise<Person | 'gone' | 'moving'> {
  let id = profileId
  for (let merges = 0; merges < MOST_MERGES; merges++) {
    const { rows } = await pool.query<{ traits: Buffer; merged_into: string | null; waits: boolean }>({
      name: 'step-requests-person',
      text: FIND,
      values: [shardOf(id), id, run, step],
    })
    const row = rows[0]
    if (row === undefined) return merges === 0 ? 'gone' : 'moving'
    if (row.merged_into === null) return row.waits ? { id, traits: unpackTraits(row.traits) } : merges === 0 ? 'gone' : 'moving'
    id = row.merged_into
  }
  return 'gone'
}
