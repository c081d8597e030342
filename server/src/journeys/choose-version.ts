import { DefinitionError, unknownJourney } from './errors.ts'

/**
 * The version that is asked for, or the newest.
 * @param versions the newest first
 * @throws DefinitionError `journey_unknown` when there is none, `version_unknown`
 */
export function chooseVersion<V extends { readonly version: number }>(id: string, versions: readonly V[], asked: number | undefined): V {
  const newest = versions[0]
  if (newest === undefined) throw unknownJourney(id)
  const chosen = asked === undefined ? newest : versions.find(({ version }) => version === asked)
  if (chosen !== undefined) return chosen
  const allowed = `1 to ${newest.version}`
  throw new DefinitionError('not-found', 'version_unknown', `The journey "${id}" has no version ${asked}; allowed: ${allowed}.`, {
    field: 'query.version',
    value: asked,
    allowed,
  })
}
