import type { Handlers } from '../../platform/http/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import { unknownJourney } from '../errors.ts'
import { loadJourneyVersions } from '../store.ts'
import { readVariantCounts, type AskHistory } from './read-counts.ts'
import { reportExperiments } from './report.ts'

/** @param deps.ask a question to history that throws `history_unavailable` while ClickHouse is away */
export function makeExperimentHandlers({ pool, ask }: { readonly pool: Pool; readonly ask: AskHistory }) {
  return {
    async journeyExperiments({ params }) {
      const [latest] = await loadJourneyVersions(pool, params.id)
      if (latest === undefined) throw unknownJourney(params.id)
      const { definition } = latest
      if (!Object.values(definition.steps).some(({ kind }) => kind === 'experiment')) return { items: [] }
      return { items: reportExperiments(definition, await readVariantCounts(ask, params.id), Date.now()) }
    },
  } satisfies Handlers<'journeyExperiments'>
}
