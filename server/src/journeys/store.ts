import type { Definition, DefinitionKind, JourneyDefinition, PublishedDefinition } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'

export interface StoredDefinition<D extends Definition = Definition> extends PublishedDefinition<D> {
  /** Epoch milliseconds. */
  readonly publishedAt: number
}

interface Row {
  [key: string]: unknown
  readonly version: number
  readonly epoch: number
  readonly body: Definition
  readonly published_at: number
}

const COLUMNS = 'version, epoch, body, published_at'

/** Every definition in its newest version, by kind and id. */
export async function loadLatest(db: Db): Promise<StoredDefinition[]> {
  const { rows } = await db.query<Row>(`select distinct on (kind, id) ${COLUMNS} from definitions order by kind, id, version desc`)
  return rows.map(toStored)
}

/** The newest versions of one kind, by id. */
export async function loadLatestOf<K extends DefinitionKind>(
  db: Db,
  kind: K,
): Promise<StoredDefinition<Extract<Definition, { kind: K }>>[]> {
  const { rows } = await db.query<Row>(
    `select distinct on (id) ${COLUMNS} from definitions where kind = $1::text order by id, version desc`,
    [kind],
  )
  return rows.map(toStored) as unknown as StoredDefinition<Extract<Definition, { kind: K }>>[]
}

/** All versions of one journey, newest first; empty when there is none of this id. */
export async function loadJourneyVersions(db: Db, id: string): Promise<StoredDefinition<JourneyDefinition>[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from definitions where kind = 'journey' and id = $1::text order by version desc`,
    [id],
  )
  return rows.map(toStored) as unknown as StoredDefinition<JourneyDefinition>[]
}

/** Some versions of journeys; those that do not exist are left out. */
export async function loadJourneysOf(
  db: Db,
  wanted: readonly { readonly id: string; readonly version: number }[],
): Promise<StoredDefinition<JourneyDefinition>[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from definitions where kind = 'journey' and (id, version) in (select * from unnest($1::text[], $2::int[]))`,
    [wanted.map(({ id }) => id), wanted.map(({ version }) => version)],
  )
  return rows.map(toStored) as unknown as StoredDefinition<JourneyDefinition>[]
}

/** Every version of one definition with who published it, newest first; empty when there is none. */
export async function loadVersions(db: Db, kind: DefinitionKind, id: string): Promise<(StoredDefinition & { publishedBy: string })[]> {
  const { rows } = await db.query<Row & { published_by: string }>(
    `select ${COLUMNS}, published_by from definitions where kind = $1::text and id = $2::text order by version desc`,
    [kind, id],
  )
  return rows.map((row) => ({ ...toStored(row), publishedBy: row.published_by }))
}

function toStored(row: Row): StoredDefinition {
  return { definition: row.body, version: row.version, epoch: row.epoch, publishedAt: Math.floor(row.published_at) }
}
