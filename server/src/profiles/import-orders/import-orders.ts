import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import { importFingerprint, readCheckpoint, removeCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { convertOrders } from './convert.ts'
import { formatAmount, fromMinor, minorDigits } from './decimal.ts'
import type { Mapping } from './mapping.ts'
import { openOrderFile } from './read-lines.ts'
import { summarise, type ImportReport } from './report.ts'
import { sendEvents, type ImportPort } from './send.ts'
import { csvLine, makeSideFile } from './side-file.ts'
import { surveyFile } from './survey.ts'

/** What is being done, for whoever watches; `total` is known after the survey. */
export type ImportProgress =
  | { readonly kind: 'surveying'; readonly lines: number }
  | { readonly kind: 'importing'; readonly lines: number; readonly total: number; readonly events: number }
  | { readonly kind: 'waiting'; readonly reason: string }

export interface ImportOptions {
  readonly file: string
  readonly mapping: Mapping
  /** `null`: convert and report, send nothing. */
  readonly port: ImportPort | null
  /** Names the server in the note of how far the import came. */
  readonly server: string
  /** Where the note and the list of lines not imported are kept. */
  readonly folder: string
  /** The list of lines not imported; gzipped CSV with the file's own columns and `reason`. */
  readonly notImported?: string
  /** Let the events start journeys, as if they happened now. */
  readonly triggers: boolean
  /** Forget how far an interrupted import came. */
  readonly restart: boolean
  readonly signal: AbortSignal
  readonly onProgress: (progress: ImportProgress) => void
}

/**
 * Imports a file of order lines: `Order Completed` and `Order Refunded` events with their original times, in the bulk lane, with ids made
 * of the order numbers, so that a second run imports nothing twice. An interrupted import (signal, kill, server away) goes on
 * where it stopped when it is started again. Memory does not grow with the number of lines.
 * Returns the report, or `null` when the signal ended it. Throws `ImportError`.
 */
export async function importOrders(options: ImportOptions): Promise<ImportReport | null> {
  const started = performance.now()
  const { mapping, signal, onProgress } = options
  const memory = watchMemory()
  try {
    const survey = await surveyFile(await openOrderFile(options.file, mapping), mapping.columns.order, (lines) => {
      if (lines % 10_000 === 0) onProgress({ kind: 'surveying', lines })
      signal.throwIfAborted()
    })
    const fingerprint = importFingerprint(survey.fingerprint, mapping, options.server)
    const note = join(options.folder, `${mapping.source}.json`)
    if (options.restart) await removeCheckpoint(note)

    const file = await openOrderFile(options.file, mapping)
    const notImported = makeSideFile(
      options.notImported ?? join(options.folder, `${mapping.source}-not-imported.csv.gz`),
      csvLine([...file.header, 'reason'], mapping.file.delimiter),
    )
    const refused = makeSideFile(join(options.folder, `${mapping.source}-refused-events.jsonl.gz`), '')
    const writes: string[] = []
    const { calls, tally } = convertOrders(file, survey, mapping, ({ raw, reason }) =>
      writes.push(csvLine([...raw.values, reason], mapping.file.delimiter)),
    )
    const refusals: string[] = []
    let events = 0
    const watched = (async function* () {
      for await (const call of calls) {
        events += 1
        onProgress({ kind: 'importing', lines: tally.read, total: survey.lines, events })
        if (writes.length > 1_000) await notImported.write(writes.splice(0).join(''))
        yield call
      }
    })()
    const counts = await sendEvents(watched, {
      port: options.port ?? countOnly,
      source: mapping.source,
      triggers: options.triggers,
      skip: options.port === null ? 0 : await readCheckpoint(note, fingerprint),
      signal,
      sleep: async (ms, abort) => delay(ms, undefined, { signal: abort }).catch(() => undefined),
      onWaiting: (reason) => onProgress({ kind: 'waiting', reason }),
      onRefused: (event) => refusals.push(`${JSON.stringify(event)}\n`),
      onConfirmed: async (confirmed) => {
        if (refusals.length > 0) await refused.write(refusals.splice(0).join(''))
        if (options.port !== null) await writeCheckpoint(note, fingerprint, confirmed)
      },
    })
    if (writes.length > 0) await notImported.write(writes.splice(0).join(''))
    const files = { notImported: await notImported.close(), refusedEvents: await refused.close() }
    if (signal.aborted) return null
    if (options.port !== null) await removeCheckpoint(note)
    const digits = minorDigits(mapping.currency)
    return {
      source: mapping.source,
      currency: mapping.currency,
      dryRun: options.port === null,
      ...summarise(tally, digits),
      withoutCustomer: tally.withoutCustomer,
      orders: {
        count: tally.orders.count,
        total: formatAmount(fromMinor(tally.orders.minor, digits), digits),
        withoutGoods: tally.orders.withoutGoods,
        from: tally.orders.from,
        to: tally.orders.to,
      },
      refunds: { count: tally.refunds.count, total: formatAmount(fromMinor(tally.refunds.minor, digits), digits) },
      freeOrders: tally.freeOrders,
      customers: tally.customers,
      rounding: formatAmount(tally.rounding, digits),
      unknownCountries: Object.fromEntries(tally.unknownCountries),
      events: counts,
      seconds: (performance.now() - started) / 1_000,
      peakMemoryMiB: memory.peakMiB(),
      files,
    }
  } catch (error) {
    if (signal.aborted) return null
    throw error
  } finally {
    memory.stop()
  }
}

/** The port of a dry run: takes everything, sends nothing. */
const countOnly: ImportPort = {
  importEvents: async () => ({ kind: 'done', response: { accepted: 0, duplicates: 0, rejected: [] } }),
}

function watchMemory(): { peakMiB: () => number; stop: () => void } {
  let peak = process.memoryUsage().rss
  const look = () => {
    peak = Math.max(peak, process.memoryUsage().rss)
  }
  const timer = setInterval(look, 250)
  timer.unref()
  return {
    peakMiB: () => {
      look()
      return Math.round(peak / 1024 / 1024)
    },
    stop: () => clearInterval(timer),
  }
}
