import { isClickHouseAway, type ClickHouse } from '../../platform/clickhouse/index.ts'
import type { Need } from './read.ts'

/**
 * Which of the events were ever sent, and which of the traits were ever said, as `event NAME` and `trait NAME`; `null` while history cannot
 * be read.
 */
export async function findSeen(clickhouse: ClickHouse, needs: readonly Need[]): Promise<ReadonlySet<string> | null> {
  const names = (kind: Need['kind']): string[] => [...new Set(needs.flatMap((one) => (one.kind === kind ? [one.name] : [])))]
  try {
    // The names lead the order of the table, so that each event costs a look-up. Of traits only the names of what people said are read.
    const result = await clickhouse.query({
      query: `select concat('event ', name) as seen from events_by_name where tells in (0, 1) and name in {events:Array(String)} group by name
        union all
        select concat('trait ', arrayJoin(arrayIntersect(groupUniqArrayArray(mapKeys(said)), {traits:Array(String)})))
        from events_by_name where tells = 1`,
      query_params: { events: names('event'), traits: names('trait') },
      format: 'JSONEachRow',
    })
    return new Set((await result.json<{ seen: string }>()).map(({ seen }) => seen))
  } catch (error) {
    if (isClickHouseAway(error)) return null
    throw error
  }
}
