import { durationToMs, eventNames, type CampaignEarnings, type CampaignGoal } from '@throughline/contracts'
import type { Send } from './store.ts'

/** Asks history; throws `history_unavailable` while ClickHouse is away. */
export type AskHistory = <Row>(
  query: { readonly sql: string; readonly params: { readonly [name: string]: string | number } },
  signal?: AbortSignal,
) => Promise<readonly Row[]>

/** How far the times of events may lie before their receipt here, ms: events of the send itself are ours, and so of its time. */
const MARGIN_MS = 60_000

const ids = (name: string): string => `JSONExtractString(properties['${name}'])`
/** A JSON text, or the JSON number that ids sometimes are, as text. */
const textOf = (name: string): string =>
  `if(startsWith(properties['${name}'], '"'), ${ids(name)}, if(properties['${name}'] = 'null', '', properties['${name}']))`

/** Digits behind the point, where they are not two (ISO 4217, as Intl has it). */
const unusual = Intl.supportedValuesOf('currency').flatMap((code) => {
  const digits = digitsOf(code)
  return digits === 2 ? [] : [[code, digits] as const]
})
const MINOR = `transform(currency, [${unusual.map(([code]) => `'${code}'`).join(', ')}], [${unusual.map(([, digits]) => 10 ** (4 - digits)).join(', ')}], 100)`

// What an order came to, in ten-thousandths: as the shop counts it (`…_minor`), else its decimal sum; the first that is a number counts.
const UNITS = `coalesce(${['total', 'revenue', 'value']
  .flatMap((name) => [
    `toInt64OrNull(properties['${name}_minor']) * ${MINOR}`,
    `toInt64(toDecimal128OrNull(trim(both '"' from properties['${name}']), 4) * 10000)`,
  ])
  .join(', ')})`

const PERSON = `if(o.merged = 1, o.winner, e.profile_id)`
const OVERRIDES = `global left join (select loser, winner, 1 as merged from profile_overrides) as o on e.profile_id = o.loser`

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

// An order is one by its id, at the instant at which it was first told and with the sum that was told last; a refund without a sum is of all of it.
const EARNED = `
with ${GOT}, told as (
  select ${PERSON} as person, e.name as name, e.at as at, e.properties as properties, upper(${textOf('currency')}) as said,
    if(said = '', {currency:String}, said) as currency, ${UNITS} as units,
    coalesce(nullIf(${textOf('order_id')}, ''), nullIf(${textOf('orderId')}, ''), '') as order_key
  from events_by_name as e ${OVERRIDES}
  where e.tells in (0, 1) and e.name in ('Order Completed', 'Order Refunded') and e.received_at >= {from:Int64} and e.at >= {from:Int64}
), orders as (
  select person, if(order_key = '', toString(at), order_key) as key, minIf(at, name = 'Order Completed') as since,
    argMaxIf(currency, at, name = 'Order Completed') as currency_of, argMaxIf(ifNull(units, 0), at, name = 'Order Completed') as total,
    sumIf(ifNull(units, 0), name = 'Order Refunded') as back, countIf(name = 'Order Refunded' and units is null) as wholes
  from told group by person, key having countIf(name = 'Order Completed') > 0
)
select currency_of as currency, toFloat64(count()) as orders, toFloat64(countIf(g.clicked > 0 and r.since >= g.clicked)) as orders_after,
  toFloat64(sum(net)) as total, toFloat64(sumIf(net, g.clicked > 0 and r.since >= g.clicked)) as total_after
from (select *, if(wholes > 0, 0, greatest(0, total - back)) as net from orders) as r
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

/** From ten-thousandths to minor units. */
function minorOf(units: number, currency: string): number {
  return Math.round((units / 10_000) * 10 ** digitsOf(currency))
}

function digitsOf(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2
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
where d.at >= g.sent`

/** Ids of those who did what a goal says since their message, whatever time it counts. */
export async function readReached(
  ask: AskHistory,
  send: Pick<Send, 'campaign' | 'number' | 'startedAt'>,
  goal: CampaignGoal,
): Promise<readonly string[]> {
  const rows = await ask<{ person: string }>({ sql: WHO_REACHED, params: { ...paramsOf(send), event: goal.event } })
  return rows.map(({ person }) => person)
}

function paramsOf({ campaign, number, startedAt }: Pick<Send, 'campaign' | 'number' | 'startedAt'>) {
  return { from: (startedAt ?? 0) - MARGIN_MS, journey: JSON.stringify(`campaign:${campaign}`), send: String(number) }
}
