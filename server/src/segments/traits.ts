import type { Definition, RouteResponse, TraitDefinition } from '@throughline/contracts'
import { describeTrait } from '@throughline/engine'
import type { Db } from '../platform/postgres/index.ts'
import { loadDefinitions } from './definitions.ts'
import { fillingEpochs } from './filling.ts'

interface Row {
  [key: string]: unknown
  readonly version: number
  readonly epoch: number
  readonly body: TraitDefinition
  readonly published_at: number
}

/** All computed traits by their names, with what uses each. */
export async function readComputedTraits(db: Db): Promise<RouteResponse<'computedTraits'>['items']> {
  const [{ rows }, filling, definitions] = await Promise.all([
    db.query<Row>(
      `select distinct on (id) version, epoch, body, published_at from definitions where kind = 'trait' order by id, version desc`,
    ),
    fillingEpochs(db),
    loadDefinitions(db),
  ])
  const uses = definitions.flatMap((one) =>
    one.kind === 'trait' ? [] : [{ kind: one.kind, id: one.id, name: one.name, names: namedIn(one) }],
  )
  return rows
    .map(({ version, epoch, body, published_at }) => ({
      id: body.id,
      name: body.name,
      version,
      publishedAt: Math.floor(published_at),
      definition: body,
      ...describeTrait(body),
      filling: filling.has(epoch),
      usedIn: uses.flatMap(({ names, ...use }) => (names.has(body.id) ? [use] : [])),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** How a template prints what is known of somebody: `profile.lifetime-value`, `profile["lifetime-value"]`. */
const PRINTED = /profile(?:\.([\w-]+)|\[["']([^"'\]]+)["']\])/g

/** The ids that its conditions ask for, and those that a text of it prints. */
function namedIn(definition: Definition): Set<string> {
  const found = new Set<string>()
  const walk = (value: unknown): void => {
    if (typeof value === 'string') for (const [, plain, quoted] of value.matchAll(PRINTED)) found.add(plain ?? quoted!)
    else if (Array.isArray(value)) value.forEach(walk)
    else if (typeof value === 'object' && value !== null) {
      if ('kind' in value && value.kind === 'computed' && 'trait' in value) found.add(String(value.trait))
      Object.values(value).forEach(walk)
    }
  }
  walk(definition)
  return found
}
