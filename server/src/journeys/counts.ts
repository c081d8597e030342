import type { Db } from '../platform/postgres/index.ts'

export interface JourneyCounts {
  readonly entered: number
  readonly inside: number
  /** Runs that reached each goal, by the version that counted it and its number there. */
  readonly goals: ReadonlyMap<number, ReadonlyMap<number, number>>
}

interface Row {
  [key: string]: unknown
  readonly journey_id: string
  readonly n: number
}

const none: JourneyCounts = { entered: 0, inside: 0, goals: new Map() }

/** How many entered, are inside and reached the goal, over all versions, by journey. */
export async function countJourneys(db: Db): Promise<(journey: string) => JourneyCounts> {
  const [edges, runs] = await Promise.all([
    // A row per shard, journey, version and edge: some thousands, however many people there are.
    db.query<Row & { version: number; edge: string }>(
      `select journey_id, version, edge, sum(n)::bigint as n from edge_counts where edge = 'entry' or edge like 'goal:%' group by journey_id, version, edge`,
    ),
    db.query<Row>('select journey_id, count(*) as n from runs group by journey_id'),
  ])
  const counts = new Map<string, JourneyCounts>()
  const add = (id: string, part: Partial<JourneyCounts>) => counts.set(id, { ...(counts.get(id) ?? none), ...part })
  for (const row of edges.rows) {
    const { journey_id: id, version, edge, n } = row
    const { entered, goals } = counts.get(id) ?? none
    if (edge === 'entry') add(id, { entered: entered + n })
    else add(id, { goals: new Map(goals).set(version, new Map(goals.get(version)).set(Number(edge.slice('goal:'.length)), n)) })
  }
  for (const row of runs.rows) add(row.journey_id, { inside: row.n })
  return (journey) => counts.get(journey) ?? none
}

/** What was counted of a journey, by version: passages by their edges, and what stands beside them (`again/…`, `late/…`, `reached/…`; engine `conversion.ts`). */
export async function countVersions(db: Db, journey: string): Promise<ReadonlyMap<number, ReadonlyMap<string, number>>> {
  const { rows } = await db.query<{ version: number; edge: string; count: number }>(
    'select version, edge, sum(n)::bigint as count from edge_counts where journey_id = $1::text group by version, edge',
    [journey],
  )
  const counts = new Map<number, Map<string, number>>()
  for (const { version, edge, count } of rows) {
    const own = counts.get(version) ?? new Map<string, number>()
    counts.set(version, own.set(edge, count))
  }
  return counts
}

/** Passages per edge of one version. */
export async function countEdges(db: Db, journey: string, version: number): Promise<{ id: string; count: number }[]> {
  const { rows } = await db.query<{ id: string; count: number }>(
    `select edge as id, sum(n)::bigint as count from edge_counts where journey_id = $1::text and version = $2::int and edge not like '%/%' group by edge order by edge`,
    [journey, version],
  )
  return rows
}

/** People inside by version and step, now. */
export async function countInside(db: Db, journey: string): Promise<{ version: number; step: string; inside: number }[]> {
  const { rows } = await db.query<{ version: number; step: string; inside: number }>(
    'select version, step, count(*) as inside from runs where journey_id = $1::text group by version, step order by version, step',
    [journey],
  )
  return rows
}

/** Messages that journeys led to, held and cancelled ones left out, by journey. */
export async function countMessages(db: Db): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<Row>(
    `select journey_id, count(*) as n from messages where journey_id is not null and status not in ('held', 'cancelled') group by journey_id`,
  )
  return new Map(rows.map((row) => [row.journey_id, row.n]))
}
