import { createHmac } from 'node:crypto'
import type { ProviderConfig } from '@throughline/contracts'
import { SafeFetchError } from '../../platform/safe-fetch/index.ts'
import { DeliveryError, type ChannelDeps, type Outgoing, type Provider, type ProviderSecrets } from '../port.ts'

type HttpConfig = Extract<ProviderConfig, { kind: 'http' }>

/** Header fields that a template cannot set: they belong to the connection or to us. */
const OURS = /^(host|content-length|transfer-encoding|connection|content-type|throughline-.*|idempotency-key|user-agent)$/i
/** What is read of an answer at most; it only serves the reason. */
const ANSWER_BYTES = 1_048_576

/**
 * Calls a shop's address with JSON: 2xx taken · 408, 425, 429 and 5xx later · any other answer refused.
 * `Throughline-Signature: t=<seconds>,v1=<hex HMAC-SHA256 of "t.body">` proves who calls; `Throughline-Message-Id` is the
 * same at every repetition.
 */
export function makeHttpProvider(config: HttpConfig, secrets: ProviderSecrets, deps: Pick<ChannelDeps, 'fetch'>): Provider<'webhook'> {
  const hand = async ({ id, content }: Pick<Outgoing<'webhook'>, 'id' | 'content'>, signal: AbortSignal): Promise<string> => {
    const own = Object.fromEntries(Object.entries(content.headers).filter(([name]) => !OURS.test(name)))
    const headers = {
      ...own,
      'content-type': 'application/json',
      'user-agent': 'Throughline',
      'throughline-message-id': id,
      'idempotency-key': id,
      ...(secrets.password !== undefined && { 'throughline-signature': signBody(secrets.password, content.body, Date.now()) }),
    }
    const answer = await call(deps.fetch, content.url, {
      method: content.method,
      headers,
      body: content.body,
      signal,
      maxBytes: ANSWER_BYTES,
    })
    if (answer.status >= 200 && answer.status < 300) return answer.text
    const said = `${hostOf(content.url)} answered ${answer.status}${answer.text.trim() === '' ? '' : `: "${answer.text.replace(/\s+/g, ' ').trim().slice(0, 200)}"`}`
    if (answer.status === 408 || answer.status === 425 || answer.status === 429 || answer.status >= 500) {
      throw new DeliveryError('later', said, { retryAfterMs: retryAfter(answer.headers.get('retry-after')) ?? undefined })
    }
    throw new DeliveryError('refused', said)
  }
  return {
    name: 'http',
    slots: 20,
    maxPerSecond: config.maxPerSecond ?? null,
    ask: hand,
    async send(message, signal) {
      await hand(message, signal)
    },
    verify: async () => 'Webhooks are called at the address that each template names.',
    close: async () => undefined,
  }
}

/** `t=1700000000,v1=…`: seconds, and the HMAC-SHA256 of `<t>.<body>` under the signing secret, in hexadecimal. */
export function signBody(secret: string, body: string, at: number): string {
  const t = Math.floor(at / 1_000)
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`
}

async function call(fetch: ChannelDeps['fetch'], url: string, init: Parameters<ChannelDeps['fetch']>[1]): ReturnType<ChannelDeps['fetch']> {
  try {
    return await fetch(url, init)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    // Each template calls its own address: one that does not answer says nothing about the others.
    if (error instanceof SafeFetchError && error.code !== 'no_answer') throw new DeliveryError('failed', reason, { cause: error })
    throw new DeliveryError('later', reason.includes(hostOf(url)) ? reason : `${hostOf(url)} could not be reached: ${reason}`, {
      interrupted: true,
      cause: error,
    })
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the address'
}

// RFC 9110, 10.2.3: seconds, or a date.
function retryAfter(value: string | null): number | null {
  if (value === null) return null
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, 24 * 3_600_000) : null
}
