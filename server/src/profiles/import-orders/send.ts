import type { RouteInput, RouteResponse } from '@throughline/contracts'
import type { ImportedCall } from './document.ts'
import { ImportError } from './errors.ts'

/** What one call to `POST /api/import` came to. `again`: the server is away or busy, ask later (ms). */
export type SendResult =
  | { readonly kind: 'done'; readonly response: RouteResponse<'importEvents'> }
  | { readonly kind: 'again'; readonly reason: string; readonly afterMs?: number }
  | { readonly kind: 'refused'; readonly reason: string }

/** Where events go: the management API of a running server. */
export interface ImportPort {
  importEvents(body: RouteInput<'importEvents'>['body']): Promise<SendResult>
}

export interface RefusedEvent {
  readonly call: ImportedCall
  readonly problems: RouteResponse<'importEvents'>['rejected'][number]['problems']
}

export interface SendCounts {
  made: number
  accepted: number
  duplicates: number
  rejected: number
  /** Not sent again because an earlier, interrupted import had them confirmed. */
  skipped: number
}

export interface SendOptions {
  readonly port: ImportPort
  readonly source: string
  readonly triggers: boolean
  /** Events of the start that were confirmed before. */
  readonly skip: number
  readonly signal: AbortSignal
  /** A batch was confirmed; `confirmed` events of the start are done now, in all. */
  readonly onConfirmed: (confirmed: number) => Promise<void>
  readonly onRefused: (event: RefusedEvent) => void
  readonly onWaiting: (reason: string) => void
  /** Waits; handed in so that tests do not. Resolves early when the signal fires. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

const BATCH_EVENTS = 500
const BATCH_BYTES = 2 * 1024 * 1024
const PATIENCE_MS = 10 * 60_000

/**
 * Sends events in order, one batch at a time, each until it is confirmed: a server that is away or busy is asked again with
 * growing pauses for ten minutes. Batches that were confirmed are never sent again; one whose answer was lost is, and its events are
 * then duplicates to the server. Throws {@link ImportError} `import_refused`; returns early when the signal fires.
 */
export async function sendEvents(calls: AsyncIterable<ImportedCall>, options: SendOptions): Promise<SendCounts> {
  const counts: SendCounts = { made: 0, accepted: 0, duplicates: 0, rejected: 0, skipped: 0 }
  let batch: ImportedCall[] = []
  let bytes = 0
  const flush = async () => {
    if (batch.length === 0) return
    const response = await sendBatch(batch, options)
    if (response === null) return
    counts.accepted += response.accepted
    counts.duplicates += response.duplicates
    counts.rejected += response.rejected.length
    for (const { index, problems } of response.rejected) {
      const call = batch[index]
      if (call !== undefined) options.onRefused({ call, problems })
    }
    await options.onConfirmed(counts.made)
    batch = []
    bytes = 0
  }
  for await (const call of calls) {
    counts.made += 1
    if (counts.made <= options.skip) {
      counts.skipped += 1
      continue
    }
    batch.push(call)
    bytes += JSON.stringify(call).length
    if (batch.length >= BATCH_EVENTS || bytes >= BATCH_BYTES) await flush()
    if (options.signal.aborted) return counts
  }
  await flush()
  return counts
}

async function sendBatch(batch: readonly ImportedCall[], options: SendOptions): Promise<RouteResponse<'importEvents'> | null> {
  let waited = 0
  for (let attempt = 0; ; attempt += 1) {
    if (options.signal.aborted) return null
    const result = await options.port.importEvents({ source: options.source, triggers: options.triggers, events: [...batch] })
    if (result.kind === 'done') return result.response
    if (result.kind === 'refused') throw new ImportError('bad-input', 'import_refused', `The server refused the import: ${result.reason}`)
    const pause = Math.max(result.afterMs ?? 0, Math.min(30_000, 250 * 2 ** Math.min(attempt, 8)))
    if (waited + pause > PATIENCE_MS) {
      throw new ImportError(
        'unavailable',
        'import_refused',
        `The server did not take events for ten minutes (${result.reason}). Start the import again when it is back: it goes on where it stopped.`,
      )
    }
    options.onWaiting(result.reason)
    await options.sleep(pause, options.signal)
    waited += pause
  }
}
