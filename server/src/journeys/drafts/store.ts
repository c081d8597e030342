import type { JourneyDraft } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'

interface Row {
  [key: string]: unknown
  readonly journey_id: string
  readonly revision: number
  readonly based_on: number
  readonly body: JourneyDraft['definition']
  readonly saved_at: number
  readonly saved_by: string
}

const COLUMNS = 'journey_id, revision, based_on, body, saved_at, saved_by'

export async function loadDrafts(db: Db): Promise<JourneyDraft[]> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from journey_drafts order by saved_at desc, journey_id`)
  return rows.map(toDraft)
}

/** The draft of a journey; `null` when it has none. */
export async function loadDraft(db: Db, journey: string): Promise<JourneyDraft | null> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from journey_drafts where journey_id = $1::text`, [journey])
  return rows[0] === undefined ? null : toDraft(rows[0])
}

/** Stores the first revision of a draft. Answers `false` when the journey has one already. */
export async function insertDraft(db: Db, journey: string, { basedOn, definition, savedAt, savedBy }: JourneyDraft): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into journey_drafts (journey_id, revision, based_on, body, saved_at, saved_by)
     values ($1::text, 1, $2::int, $3::jsonb, $4::bigint, $5::text) on conflict (journey_id) do nothing`,
    [journey, basedOn, JSON.stringify(definition), savedAt, savedBy],
  )
  return rowCount === 1
}

/** Stores the next revision over the one given. Answers `false` when that is no longer the present one. */
export async function updateDraft(
  db: Db,
  journey: string,
  { revision, definition, savedAt, savedBy }: Omit<JourneyDraft, 'basedOn'>,
): Promise<boolean> {
  // Who names an old revision changes nothing: the row is only found under the present one.
  const { rowCount } = await db.query(
    `update journey_drafts set revision = revision + 1, body = $3::jsonb, saved_at = $4::bigint, saved_by = $5::text
     where journey_id = $1::text and revision = $2::int`,
    [journey, revision, JSON.stringify(definition), savedAt, savedBy],
  )
  return rowCount === 1
}

/** Removes the draft at this revision. Answers `false` when that is no longer the present one. */
export async function deleteDraft(db: Db, journey: string, revision: number): Promise<boolean> {
  const { rowCount } = await db.query('delete from journey_drafts where journey_id = $1::text and revision = $2::int', [journey, revision])
  return rowCount === 1
}

function toDraft(row: Row): JourneyDraft {
  return { revision: row.revision, basedOn: row.based_on, definition: row.body, savedAt: row.saved_at, savedBy: row.saved_by }
}
