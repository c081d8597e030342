import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { countInputs, type Batch } from './advance/batch.ts'

/** What the pipeline tells Prometheus. */
export interface PipelineMeters {
  committed(batch: Batch, now: number, tookMs: number): void
  failed(): void
  parked(): void
  leases(count: number): void
  behind(live: number, bulk: number): void
  exported(rows: number): void
  exportLag(rows: number, ms: number): void
  /** Memberships compared with the SQL's answer, how many of them differed twice, and how many no longer do since they were folded again. */
  swept(compared: number, different: number, repaired: number): void
  lagMs(): number
}

/** Registers the pipeline's metrics. @param registry that of the program */
export function makePipelineMeters(registry: Registry): PipelineMeters {
  const registers = [registry]
  const taken = new Counter({ name: 'throughline_pipeline_taken_total', help: 'Entries and timers taken', labelNames: ['kind'], registers })
  const written = new Counter({
    name: 'throughline_pipeline_written_total',
    help: 'What followed from them',
    labelNames: ['kind'],
    registers,
  })
  const seconds = new Histogram({
    name: 'throughline_pipeline_turn_seconds',
    help: 'From reading a batch to its commit',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1],
    registers,
  })
  const size = new Histogram({
    name: 'throughline_pipeline_batch_size',
    help: 'Entries and timers in a batch',
    buckets: [1, 4, 16, 64, 256, 1_024, 4_096],
    registers,
  })
  const failures = new Counter({ name: 'throughline_pipeline_failures_total', help: 'Transactions that were rolled back', registers })
  const parked = new Counter({ name: 'throughline_pipeline_parked_total', help: 'Entries put aside because of an error', registers })
  const lag = new Gauge({
    name: 'throughline_pipeline_lag_seconds',
    help: 'How long the oldest live entry of the last batch had waited',
    registers,
  })
  const leased = new Gauge({ name: 'throughline_pipeline_shards', help: 'Shards leased by this worker', registers })
  const behind = new Gauge({
    name: 'throughline_pipeline_behind',
    help: 'Entries accepted and not yet taken, in the leased shards',
    labelNames: ['lane'],
    registers,
  })
  const exported = new Counter({ name: 'throughline_export_rows_total', help: 'Rows handed to ClickHouse', registers })
  const exportRows = new Gauge({ name: 'throughline_export_behind', help: 'Rows not yet handed to ClickHouse', registers })
  const exportLag = new Gauge({
    name: 'throughline_export_lag_seconds',
    help: 'Age of the oldest row not yet handed to ClickHouse',
    registers,
  })
  const swept = new Counter({
    name: 'throughline_sweep_memberships_total',
    help: 'Memberships compared with the answer of ClickHouse',
    labelNames: ['result'],
    registers,
  })
  let lastLag = 0
  return {
    committed(batch, now, tookMs) {
      for (const kind of ['live', 'bulk', 'timers'] as const) if (batch.inputs[kind] > 0) taken.inc({ kind }, batch.inputs[kind])
      for (const kind of ['messages', 'facts', 'appends'] as const) if (batch[kind].length > 0) written.inc({ kind }, batch[kind].length)
      if (batch.people.size > 0) written.inc({ kind: 'profiles' }, batch.people.size)
      seconds.observe(tookMs / 1_000)
      size.observe(countInputs(batch))
      if (batch.oldest < Infinity) {
        lastLag = Math.max(0, now - batch.oldest)
        lag.set(lastLag / 1_000)
      }
    },
    failed: () => failures.inc(),
    parked: () => parked.inc(),
    leases: (count) => leased.set(count),
    behind(live, bulk) {
      behind.set({ lane: 'live' }, live)
      behind.set({ lane: 'bulk' }, bulk)
      if (live === 0) lastLag = 0
    },
    exported: (rows) => exported.inc(rows),
    exportLag(rows, ms) {
      exportRows.set(rows)
      exportLag.set(ms / 1_000)
    },
    swept(compared, different, repaired) {
      swept.inc({ result: 'compared' }, compared)
      swept.inc({ result: 'different' }, different)
      swept.inc({ result: 'repaired' }, repaired)
    },
    lagMs: () => lastLag,
  }
}
