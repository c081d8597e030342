import type { JourneyDefinition } from '@throughline/contracts'
import type { Handlers } from '../../platform/http/index.ts'
import type { Db, Pool } from '../../platform/postgres/index.ts'
import { chooseVersion } from '../choose-version.ts'
import { countVersions } from '../counts.ts'
import { loadJourneyVersions, type StoredDefinition } from '../store.ts'
import { reportConversions, type CountedVersion } from './report.ts'

export function makeConversionHandlers({ pool }: { readonly pool: Pool }) {
  return {
    async journeyConversions({ params, query }) {
      const versions = await loadJourneyVersions(pool, params.id)
      const shown = chooseVersion(params.id, versions, query.version)
      return reportConversions(shown.definition, await countedVersions(pool, query.over === 'all' ? versions : [shown]))
    },
  } satisfies Handlers<'journeyConversions'>
}

/** Versions of one journey with what was counted of each. */
export async function countedVersions(db: Db, versions: readonly StoredDefinition<JourneyDefinition>[]): Promise<CountedVersion[]> {
  const counts = await countVersions(db, versions[0]!.definition.id)
  return versions.map(({ definition, version }) => ({ definition, counts: counts.get(version) ?? new Map<string, number>() }))
}
