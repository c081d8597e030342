import { durationToMs, eventNames, type CampaignEarnings, type CampaignGoal } from '@throughline/contracts'
import { minorOf, ORDERS, OVERRIDES, PERSON } from './orders.ts'
import type { Send } from './store.ts'

/** Asks history; throws `history_unavailable` while ClickHouse is away. */
export type AskHistory = <Row>(
  query: { readonly sql: string; readonly params: { readonly [name: string]: string | number } },
  signal?: AbortSignal,
) => Promise<readonly Row[]>

/** How far the times of events may lie before their receipt here, ms: events of the send itself are ours, and so of its time. */
export const MARGIN_MS = 60_000

// Whoever got it, when, and when they first clicked as a person; 0: they did not.
const GOT = `
got as (
  select ${PERSON} as person, minIf(e.at, e.name = '${eventNames.messageSent}') as sent, minIf(e.at, e.name = '${eventNames.messageClicked}') as clicked
  from events_by_name as e ${OVERRIDES}
  where e.tells in (0, 1) and e.name in ('${eventNames.messageSent}', '${eventNames.messageClicked}') and e.received_at >= {from:Int64}
    and e.properties['journey'] = {journey:String} and e.properties['send'] = {send:String}
    and (e.name = '${eventNames.messageSent}' or e.properties['machine'] != 'true')
  group by person having sent > 0
)`

const EARNED = `
with ${GOT}, ${ORDERS}
select currency_of as currency, toFloat64(count()) as orders, toFloat64(countIf(g.clicked > 0 and r.since >= g.clicked)) as orders_after,
  toFloat64(sum(r.net)) as total, toFloat64(sumIf(r.net, g.clicked > 0 and r.since >= g.clicked)) as total_after
from orders as r
global inner join got as g on r.person = g.person
where r.since >= g.sent and r.since <= g.sent + {within:Int64}
group by currency order by total desc, currency`

const REACHED = `
with ${GOT}
select toFloat64(uniqExact(d.person)) as people
from (
  select ${PERSON} as person, e.at as at from events_by_name as e ${OVERRIDES}
  where e.tells in (0, 1) and e.name = {event:String} and e.received_at >= {from:Int64} and e.at >= {from:Int64}
) as d
global inner join got as g on d.person = g.person
where d.at >= g.sent and d.at <= g.sent + {within:Int64}`

/**
 * What a send brought within a time after each message.
 * @param goal what counts, and within which time
 * @param currency of orders that name none
 * @param now epoch ms
 */
export async function readEarnings(
  ask: AskHistory,
  send: Pick<Send, 'campaign' | 'number' | 'startedAt' | 'endedAt'>,
  goal: CampaignGoal,
  { currency, now, signal }: { readonly currency: string; readonly now: number; readonly signal?: AbortSignal },
): Promise<CampaignEarnings> {
  const within = durationToMs(goal.within)
  const isOver = send.endedAt !== null && (send.startedAt === null || send.endedAt + within < now)
  if (send.startedAt === null)
    return { within: goal.within, isOver, orders: 0, ordersAfterClick: 0, revenue: [], goal: { event: goal.event, people: 0 } }
  const params = { ...paramsOf(send), within }
  const [rows, [reached]] = await Promise.all([
    ask<{ currency: string; orders: number; orders_after: number; total: number; total_after: number }>(
      { sql: EARNED, params: { ...params, currency } },
      signal,
    ),
    ask<{ people: number }>({ sql: REACHED, params: { ...params, event: goal.event } }, signal),
  ])
  return {
    within: goal.within,
    isOver,
    orders: rows.reduce((sum, { orders }) => sum + orders, 0),
    ordersAfterClick: rows.reduce((sum, row) => sum + row.orders_after, 0),
    revenue: rows.map((row) => ({
      currency: row.currency,
      orders: row.orders,
      total: minorOf(row.total, row.currency),
      afterClick: minorOf(row.total_after, row.currency),
    })),
    goal: { event: goal.event, people: reached?.people ?? 0 },
  }
}

const WHO_REACHED = `
with ${GOT}
select distinct toString(d.person) as person
from (
  select ${PERSON} as person, e.at as at from events_by_name as e ${OVERRIDES}
  where e.tells in (0, 1) and e.name = {event:String} and e.received_at >= {from:Int64} and e.at >= {from:Int64}
) as d
global inner join got as g on d.person = g.person
where d.at >= g.sent and toString(d.person) > {after:String}
order by person limit {most:UInt32}`

/** Ids of those who did what a goal says since their message, whatever time it counts: in order, so many behind one of them. */
export async function readReached(
  ask: AskHistory,
  send: Pick<Send, 'campaign' | 'number' | 'startedAt'>,
  goal: CampaignGoal,
  { after, most }: { readonly after: string | null; readonly most: number },
): Promise<readonly string[]> {
  const rows = await ask<{ person: string }>({
    sql: WHO_REACHED,
    params: { ...paramsOf(send), event: goal.event, after: after ?? '', most },
  })
  return rows.map(({ person }) => person)
}

function paramsOf({ campaign, number, startedAt }: Pick<Send, 'campaign' | 'number' | 'startedAt'>) {
  return { from: (startedAt ?? 0) - MARGIN_MS, journey: JSON.stringify(`campaign:${campaign}`), send: String(number) }
}
