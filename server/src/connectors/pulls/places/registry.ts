import type { PlaceKind, PullPlace } from '@throughline/contracts'
import type { FindFile, Found, PlaceDeps } from './place.ts'
import { findS3 } from './s3.ts'
import { findUrl } from './url.ts'

const places: { readonly [K in PlaceKind]: FindFile<Extract<PullPlace, { kind: K }>> } = { url: findUrl, s3: findS3 }

/** Looks for the next file of a place. @throws ConnectorError, SafeFetchError */
export function findFile(place: PullPlace, secret: string | null, deps: PlaceDeps): Promise<Found> {
  const find = places[place.kind] as FindFile<PullPlace>
  return find(place, secret, deps)
}
