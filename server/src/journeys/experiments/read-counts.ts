import { eventNames, lanes } from '@throughline/contracts'

/** People of one variant; `variant` is empty for those who were given several. */
export interface VariantCounts {
  readonly experiment: string
  readonly variant: string
  readonly people: number
  /** Epoch ms. */
  readonly since: number
  /** People who reached a goal afterwards, by its name; an empty name where the journey had one goal only. */
  readonly converted: ReadonlyMap<string, number>
}

/** Asks history; throws `history_unavailable` while ClickHouse is away. */
export type AskHistory = <Row>(query: {
  readonly sql: string
  readonly params: { readonly [name: string]: string }
}) => Promise<readonly Row[]>

interface Row {
  readonly experiment: string
  readonly variant: string
  readonly people: number
  readonly since: number
  readonly reached: readonly string[]
  readonly counts: readonly number[]
}

/*
 * Facts lie together by name, so that nothing else is read. A goal belongs to the exposures of its own run, and counts from them on; a person
 * counts once, as the one they are today, however often they came.
 */
const COUNTS = `
with exposures as (
  select profile_id, at, JSONExtractString(properties['run']) as run,
    JSONExtractString(properties['experiment']) as experiment, JSONExtractString(properties['variant']) as variant
  from events_by_name
  where tells = 0 and name = '${eventNames.experimentExposed}' and lane = ${lanes.derived} and properties['journey'] = {journey:String}
), reached as (
  select JSONExtractString(properties['run']) as run, groupArray((JSONExtractString(properties['goal']), at)) as goals
  from events_by_name
  where tells = 0 and name = '${eventNames.goalReached}' and lane = ${lanes.derived} and properties['journey'] = {journey:String}
  group by run
), people as (
  select e.experiment as experiment, if(o.merged = 1, o.winner, e.profile_id) as person, uniqExact(e.variant) as variants,
    any(e.variant) as variant, min(e.at) as since,
    arrayDistinct(arrayFlatten(groupArray(arrayMap(g -> g.1, arrayFilter(g -> g.2 >= e.at, r.goals))))) as goals
  from exposures as e
  global left join reached as r on e.run = r.run
  global left join (select loser, winner, 1 as merged from profile_overrides) as o on e.profile_id = o.loser
  group by experiment, person
)
select experiment, if(variants > 1, '', variant) as variant, toFloat64(count()) as people, toFloat64(min(since)) as since,
  sumMap(goals, arrayMap(g -> 1, goals)) as sums, sums.1 as reached, arrayMap(n -> toFloat64(n), sums.2) as counts
from people group by experiment, variant`

/** How many people each variant of a journey's experiments was given to, and how many of them reached which goal, over all versions. */
export async function readVariantCounts(ask: AskHistory, journey: string): Promise<readonly VariantCounts[]> {
  const rows = await ask<Row>({ sql: COUNTS, params: { journey: JSON.stringify(journey) } })
  return rows.map(({ experiment, variant, people, since, reached, counts }) => ({
    experiment,
    variant,
    people,
    since,
    converted: new Map(reached.map((goal, index) => [goal, counts[index] ?? 0])),
  }))
}
