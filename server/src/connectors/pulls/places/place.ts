import type { PullPlace } from '@throughline/contracts'
import type { SafeOpen } from '../../../platform/safe-fetch/index.ts'

/** By what a version of a file is known again. Of an address, the name is empty. */
export interface Mark {
  readonly name: string
  readonly etag: string | null
  readonly modified: string | null
  /** SHA-256 of what it held; null before it is read. */
  readonly hash: string | null
}

export type Found =
  /** Nothing that was not taken before. */
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'file'
      /** As it is shown, and by whose ending its form may be told. */
      readonly name: string
      readonly mark: Mark
      readonly chunks: AsyncIterable<Uint8Array>
      /** Whether another file waits behind it. */
      readonly more: boolean
    }

export interface PlaceDeps {
  readonly open: SafeOpen
  readonly signal: AbortSignal
  /** The marks of what was taken, by name. */
  readonly taken: ReadonlyMap<string, Mark>
  /** Whether the latest file is wanted, although it was taken before. */
  readonly again: boolean
  /** What the run before has seen of a place of many files and left for this one. */
  readonly left: Left
  /** Is told which of many files it is, before anything is asked of it. */
  choose(mark: Mark): void
}

/** Files of a place that were seen and not taken yet, the next first. */
export interface Left {
  /** Takes them out. */
  take(): readonly Seen[]
  keep(files: readonly Seen[]): void
}

export interface Seen {
  readonly name: string
  readonly etag: string
  readonly size: number
}

/** Looks for the next file of a place. @throws ConnectorError, SafeFetchError */
export type FindFile<P extends PullPlace> = (place: P, secret: string | null, deps: PlaceDeps) => Promise<Found>
