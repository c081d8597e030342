import type { Definition, PublishedDefinition } from '@throughline/contracts'
import { compileDefinitions, type CompiledDefinitions, type DecisionSettings, type JourneyStandings, type Ranks } from '@throughline/engine'
import { readJourneyStates } from '../journeys/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { readRanks } from '../segments/index.ts'

/** Epochs kept compiled: shards come to a publication one after the other, so two are in use at a time. */
const KEPT = 4

// Every version, because people inside finish on theirs.
const PUBLISHED = `select version, epoch, body, moves from definitions where epoch <= $1::bigint order by epoch, kind, id`

export interface Definitions {
  /** Reads and compiles what is in force at an epoch, unless it is there. */
  load(db: Db, epoch: number): Promise<void>
  /** What was loaded for this epoch. */
  get(epoch: number): CompiledDefinitions
  /** Reads the settings that decisions depend on; when they changed, everything is compiled again on the next load. */
  refreshSettings(): Promise<void>
}

/** Compiled definitions by epoch. @param loadSettings the workspace's settings, from the part that keeps them */
export function makeDefinitions(loadSettings: () => Promise<DecisionSettings>): Definitions {
  const compiled = new Map<number, CompiledDefinitions>()
  const published = new Map<
    number,
    { readonly found: PublishedDefinition[]; readonly ranks: Ranks | null; readonly states: JourneyStandings }
  >()
  const loading = new Map<number, Promise<void>>()
  let settings: DecisionSettings | undefined

  async function refreshSettings(): Promise<DecisionSettings> {
    const now = await loadSettings()
    if (settings !== undefined && JSON.stringify(pick(now)) === JSON.stringify(pick(settings))) return settings
    settings = now
    for (const [epoch, { found, ranks, states }] of published) compiled.set(epoch, compileDefinitions(found, now, ranks, states))
    return now
  }

  async function read(db: Db, epoch: number): Promise<void> {
    // A change of the settings is a publication too: everybody is decided anew by what it says, not by what stood before.
    const now = await refreshSettings()
    const ranks = await readRanks(db, epoch)
    const states = await readJourneyStates(db, epoch)
    const { rows } = await db.query<{ version: number; epoch: number; body: Definition; moves: PublishedDefinition['moves'] | null }>({
      name: 'pipeline-definitions',
      text: PUBLISHED,
      values: [epoch],
    })
    const found = rows.map(({ body, version, epoch: since, moves }) => ({
      definition: body,
      version,
      epoch: since,
      ...(moves !== null && { moves }),
    }))
    published.set(epoch, { found, ranks, states })
    compiled.set(epoch, compileDefinitions(found, now, ranks, states))
    for (const old of [...compiled.keys()].slice(0, -KEPT)) {
      compiled.delete(old)
      published.delete(old)
    }
  }

  return {
    async load(db, epoch) {
      if (compiled.has(epoch)) return
      // Many shards are told of an epoch at once, and ask for it side by side.
      const reading = loading.get(epoch) ?? read(db, epoch).finally(() => loading.delete(epoch))
      loading.set(epoch, reading)
      await reading
    },
    get(epoch) {
      const found = compiled.get(epoch)
      if (found === undefined) throw new Error(`Definitions of epoch ${epoch} were not loaded`)
      return found
    },
    async refreshSettings() {
      await refreshSettings()
    },
  }
}

function pick({ consentDefaults, zone, quietHours, frequencyCaps }: DecisionSettings): DecisionSettings {
  return { consentDefaults, zone, ...(quietHours && { quietHours }), ...(frequencyCaps && frequencyCaps.length > 0 && { frequencyCaps }) }
}
