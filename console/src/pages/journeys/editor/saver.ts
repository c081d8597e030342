import type { RouteResponse } from '@throughline/contracts'
import { ApiFailure } from '../../../api/failure.ts'

type Saved = RouteResponse<'saveJourneyDraft'>

/**
 * How the draft stands to what the server keeps.
 *
 *   saved ──change──► waiting ──a moment──► saving ──► saved
 *                                              ├──► failed ──after a while──► saving
 *                                              └──► overtaken (somebody else has saved, published or discarded it)
 */
export type SaveState =
  /** `at` is null while there is nothing to save. */
  | { readonly kind: 'saved'; readonly at: number | null }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'overtaken' }

interface SaverOptions {
  /** Stores a text over the revision named; 0 begins a draft, from the version that it is based on. */
  readonly save: (text: string, revision: number, basedOn: number) => Promise<Saved>
  readonly tell: (state: SaveState) => void
  readonly revision: number
  readonly basedOn: number
  readonly savedAt: number | null
  /** What the server keeps, as text. */
  readonly kept: string
  /** How long after the last change it is saved, and after a failure tried again, ms. */
  readonly moment?: number
  readonly while?: number
}

export interface Saver {
  revision(): number
  /** Takes note of what is to be kept; the same as what is kept needs no saving. */
  change(text: string): void
  /** Saves what is waiting. Answers whether everything is kept. */
  flush(): Promise<boolean>
  /** Goes on from what the server keeps: with what waits here saved over it, or, if `text` is that, with nothing to save. */
  resume(revision: number, kept: string, savedAt: number | null, basedOn: number): void
  stop(): void
}

/** Keeps a draft on the server while it is edited: one call at a time, the newest text, and never over somebody else's. */
export function makeSaver({ save, tell, revision, basedOn, savedAt, kept, moment = 900, while: pause = 4_000 }: SaverOptions): Saver {
  let now = { revision, basedOn, kept, savedAt }
  let wanted = kept
  let overtaken = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<boolean> | null = null

  const settle = (): void => tell(wanted === now.kept ? { kind: 'saved', at: now.savedAt } : { kind: 'waiting' })
  const later = (ms: number): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void run(), ms)
  }
  const run = (): Promise<boolean> => {
    clearTimeout(timer)
    running ??= go().finally(() => {
      running = null
    })
    return running
  }
  const go = async (): Promise<boolean> => {
    while (wanted !== now.kept) {
      if (overtaken) return false
      const text = wanted
      tell({ kind: 'saving' })
      try {
        const saved = await save(text, now.revision, now.basedOn)
        now = { ...now, revision: saved.revision, kept: text, savedAt: saved.savedAt }
      } catch (error) {
        if (error instanceof ApiFailure && (error.status === 409 || error.status === 404)) {
          overtaken = true
          tell({ kind: 'overtaken' })
        } else {
          tell({ kind: 'failed', error })
          // What is refused for what it says would be refused again.
          if (!(error instanceof ApiFailure && error.kind === 'refused')) later(pause)
        }
        return false
      }
    }
    settle()
    return true
  }
  return {
    revision: () => now.revision,
    change(text) {
      if (text === wanted) return
      wanted = text
      if (overtaken || running !== null) return
      settle()
      if (wanted === now.kept) clearTimeout(timer)
      else later(moment)
    },
    flush: async () => {
      while (running !== null) await running
      return wanted === now.kept || run()
    },
    resume(next, text, at, based) {
      now = { revision: next, basedOn: based, kept: text, savedAt: at }
      overtaken = false
      settle()
      if (wanted !== now.kept) void run()
    },
    stop: () => clearTimeout(timer),
  }
}
