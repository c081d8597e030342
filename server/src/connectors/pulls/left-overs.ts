import { isDeepStrictEqual } from 'node:util'
import { LRUCache } from 'lru-cache'
import type { Left, Seen } from './places/place.ts'
import type { StoredPull } from './store.ts'

/** How long a listing is believed, ms: an object that was replaced meanwhile is not the one that was listed, and fails. */
const BELIEVED_MS = 15 * 60_000

/** What each pull has seen of its place and not taken yet, so that a bucket is listed once for all objects that a run finds. */
export interface LeftOvers {
  of(pull: StoredPull): Left
}

export function makeLeftOvers(): LeftOvers {
  const known = new LRUCache<string, { readonly place: StoredPull['place']; readonly files: readonly Seen[]; readonly seenAt: number }>({
    max: 100,
  })
  return {
    of({ id, place }) {
      let seenAt = Date.now()
      return {
        take() {
          const found = known.get(id)
          known.delete(id)
          if (found === undefined || !isDeepStrictEqual(found.place, place) || found.seenAt < Date.now() - BELIEVED_MS) return []
          seenAt = found.seenAt
          return found.files
        },
        keep(files) {
          if (files.length > 0) known.set(id, { place, files, seenAt })
        },
      }
    },
  }
}
