import type { Definition, VersionMove } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'
import { DefinitionError } from '../errors.ts'
import { loadJourneyVersions } from '../store.ts'

/**
 * Refuses words about where people go that name a version or a step that is not there.
 * @throws DefinitionError `move_invalid`
 */
export async function checkMoves(
  db: Db,
  id: string,
  { moves, version, definition }: { readonly moves: readonly VersionMove[]; readonly version: number; readonly definition: Definition },
): Promise<void> {
  const older = (await loadJourneyVersions(db, id)).filter((one) => one.version < version)
  const targets = definition.kind === 'journey' ? Object.keys(definition.steps) : []
  for (const [index, move] of moves.entries()) {
    const place = `moves.${index}`
    const of = older.find((one) => one.version === move.version)
    if (of === undefined) {
      const allowed = older.length === 0 ? 'none: there is no older version' : older.map((one) => one.version).join(', ')
      throw refusal(`${place}.version`, move.version, allowed, `Version ${move.version} is no older version of "${id}"`)
    }
    const steps = Object.keys(of.definition.steps)
    for (const [from, to] of Object.entries(move.steps)) {
      if (!steps.includes(from)) throw refusal(`${place}.steps`, from, steps.join(', '), `"${from}" is no step of version ${move.version}`)
      if (to !== null && !targets.includes(to))
        throw refusal(`${place}.steps.${from}`, to, targets.join(', '), `"${to}" is no step of what would be published`)
    }
  }
}

function refusal(field: string, value: string | number, allowed: string, what: string): DefinitionError {
  return new DefinitionError('bad-input', 'move_invalid', `Nothing was published. ${what}; allowed: ${allowed}.`, { field, value, allowed })
}
