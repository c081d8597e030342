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
  return rows
    .map(({ version, epoch, body, published_at }) => ({
      id: body.id,
      name: body.name,
      version,
      publishedAt: Math.floor(published_at),
      definition: body,
      ...describeTrait(body),
      filling: filling.has(epoch),
      usedIn: definitions.flatMap((one) =>
        one.kind !== 'trait' && asks(one, body.id) ? [{ kind: one.kind, id: one.id, name: one.name }] : [],
      ),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Whether a condition of it asks for the trait, or a text of it prints it. */
function asks(definition: Definition, trait: string): boolean {
  const printed = new RegExp(`profile(?:\\.${trait}(?![\\w-])|\\[["']${trait}["']\\])`)
  const isAsked = (value: unknown): boolean => {
    if (typeof value === 'string') return printed.test(value)
    if (Array.isArray(value)) return value.some(isAsked)
    if (typeof value !== 'object' || value === null) return false
    return ('kind' in value && value.kind === 'computed' && 'trait' in value && value.trait === trait) || Object.values(value).some(isAsked)
  }
  return isAsked(definition)
}
