import type { MessageRow } from '../channels/index.ts'
import type { ExportStatus } from './export/exporter.ts'

/** A message that this worker wrote and claimed in one transaction: it is handed to the sender of this process. */
export type BornClaimedMessage = MessageRow & { readonly claimedBy: string }

/** State of the pipeline for people and `/api/status`. */
export interface PipelineStatus {
  readonly worker: string
  readonly state: 'starting' | 'running' | 'waiting for the database' | 'stopped'
  /** Epoch ms of this process's clock. */
  readonly since: number
  readonly error: string | null
  readonly shards: readonly number[]
  /** How long the last live entry taken had waited, ms. */
  readonly lagMs: number
  /** Entries accepted and not yet taken in the leased shards, as of the last look. */
  readonly liveBehind: number
  readonly bulkBehind: number
  readonly export: ExportStatus
}
