import { rfmThresholdsSchema, type RfmThresholds } from '@throughline/contracts'
import type { Moment, Ranks } from '@throughline/engine'
import type { Db } from '../../platform/postgres/index.ts'

/** People of a cell of the grid and what they spent, in ten-thousandths of the currency. */
export type Cell = readonly [recency: number, frequency: number, people: number, money: number]

/** One computation, as it is stored. */
export interface Version {
  readonly version: number
  readonly kind: 'begin' | 'daily' | 'past'
  /** A day of the shop's calendar, `2026-11-22`. */
  readonly day: string
  readonly moment: Moment
  /** Epoch ms; `null` for past days. */
  readonly inForceAt: number | null
  readonly people: number
  /** `null` where nobody had ordered. */
  readonly thresholds: RfmThresholds | null
  readonly cells: readonly Cell[]
}

interface Row {
  [key: string]: unknown
  readonly version: number
  readonly kind: Version['kind']
  readonly day: string
  readonly as_of: number
  readonly known_at: number
  readonly in_force_at: number | null
  readonly people: number
  readonly thresholds: unknown
  readonly cells: Cell[]
}

const COLUMNS = 'version, kind, day::text as day, as_of, known_at, in_force_at, people, thresholds, cells'

/** The thresholds in force at an epoch of the definitions; `null` before the first computation. */
export async function readRfm(db: Db, epoch: number): Promise<Ranks | null> {
  const { rows } = await db.query<{ epoch: number; ranked_at: number | null; thresholds: unknown }>({
    name: 'rfm-ranks',
    text: `select epoch, case kind when 'daily' then in_force_at end as ranked_at, thresholds from rfm_versions
      where epoch <= $1::bigint order by epoch desc, version desc limit 1`,
    values: [epoch],
  })
  const [row] = rows
  return row === undefined ? null : { epoch: row.epoch, rankedAt: row.ranked_at, rfm: rfmThresholdsSchema.parse(row.thresholds) }
}

/** The latest computation, past days aside. */
export async function readCurrent(db: Db): Promise<Version | null> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from rfm_versions where kind <> 'past' order by version desc limit 1`)
  return rows[0] === undefined ? null : toVersion(rows[0])
}

/** The latest computation of each day from this one on, oldest first. Days on which nobody had ordered yet are left out. */
export async function readDays(db: Db, from: string): Promise<Version[]> {
  const { rows } = await db.query<Row>(
    `select * from (select distinct on (v.day) ${COLUMNS} from rfm_versions v where v.day >= $1::date order by v.day, v.version desc) d
     where thresholds is not null order by day`,
    [from],
  )
  return rows.map(toVersion)
}

/** Everything that was in force, and the past before it as it would have been; oldest first. */
export async function readAll(db: Db): Promise<Version[]> {
  const { rows } = await db.query<Row>(
    `with begun as (select max(version) as version from rfm_versions where kind = 'begin'),
       live as (select min(in_force_at) as since from rfm_versions)
     select ${COLUMNS} from rfm_versions
     where thresholds is not null and (kind <> 'past' or (past_of = (select version from begun) and as_of < (select since from live)))
     order by coalesce(in_force_at, as_of), version`,
  )
  return rows.map(toVersion)
}

/** The last begin, and how far back its past has been computed: the earliest day, and whether anybody had ordered by then. */
export async function readPast(db: Db): Promise<{ version: number; day: string; earliest: string | null; people: number } | null> {
  const { rows } = await db.query<{ version: number; day: string; earliest: string | null; people: number | null }>(
    `select b.version, b.day::text as day, p.day::text as earliest, p.people
     from (select version, day from rfm_versions where kind = 'begin' order by version desc limit 1) b
     left join lateral (select day, people from rfm_versions where past_of = b.version order by day limit 1) p on true`,
  )
  const [row] = rows
  return row === undefined ? null : { ...row, people: row.people ?? 0 }
}

/** Stores a computation; `epoch` and `inForceAt` are null for a past day. Answers its version. */
export async function storeVersion(
  db: Db,
  { kind, day, moment, inForceAt, people, thresholds, cells }: Omit<Version, 'version'>,
  beside: { readonly epoch: number | null; readonly pastOf: number | null },
): Promise<number> {
  const { rows } = await db.query<{ version: number }>(
    `insert into rfm_versions (kind, past_of, day, as_of, known_at, in_force_at, epoch, people, thresholds, cells)
     values ($1::text, $2::bigint, $3::date, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::jsonb, $10::jsonb) returning version`,
    [
      kind,
      beside.pastOf,
      day,
      moment.asOf,
      moment.knownAt,
      inForceAt,
      beside.epoch,
      people,
      thresholds === null ? null : JSON.stringify(thresholds),
      JSON.stringify(cells),
    ],
  )
  return rows[0]!.version
}

function toVersion({ as_of, known_at, in_force_at, thresholds, ...row }: Row): Version {
  return {
    version: row.version,
    kind: row.kind,
    day: row.day,
    moment: { asOf: as_of, knownAt: known_at },
    inForceAt: in_force_at,
    people: row.people,
    thresholds: thresholds === null ? null : rfmThresholdsSchema.parse(thresholds),
    cells: row.cells,
  }
}
