import { durationToMs, eventNames, holdOutName, lanes, usualGoal, type CampaignDefinition } from '@throughline/contracts'
import { onlyVariant, stepOf, variantNamesOf } from '@throughline/engine'
import type { Db } from '../../platform/postgres/index.ts'
import { MARGIN_MS, type AskHistory } from '../earnings.ts'
import { minorOf, ORDERS, OVERRIDES, PERSON } from '../orders.ts'
import type { Send } from '../store.ts'

/** What came of one group of a send. */
export interface GroupCounts extends Reached {
  readonly kind: 'variant' | 'rest' | 'hold-out'
  readonly name: string
  readonly template: string | null
  readonly sent: number
  /** People, machines left out. */
  readonly opened: number
  readonly clicked: number
}

interface Reached {
  /** Given to the group, whether a message could go out or not. */
  readonly people: number
  /** Of them, who reached the goal. */
  readonly converted: number
  /** Of them, who ordered; what they came to in minor units, and the sum of the squares of what each came to. */
  readonly buyers: number
  readonly sum: number
  readonly squares: number
}

const nobody: Reached = { people: 0, converted: 0, buyers: 0, sum: 0, squares: 0 }

// By the step that says it: each variant has one, and one more for the rest.
const MESSAGES = `
select step, count(*) filter (where sent_at is not null or status = 'sent') as sent, count(opened_at) as opened, count(clicked_at) as clicked
from messages where created_at >= $2::bigint and send_id = $1::text group by step`

/**
 * What came of the groups of a send: its variants in their order, then the one that the rest got, last who was held out.
 * @param currency of the shop; orders in others are left out of the sums
 */
export async function readGroups(
  db: Db,
  ask: AskHistory,
  send: Send,
  definition: CampaignDefinition,
  currency: string,
  signal?: AbortSignal,
): Promise<{ readonly groups: readonly GroupCounts[]; readonly mixed: number }> {
  const [messages, reached] = await Promise.all([readMessages(db, send), readReached(ask, send, definition, currency, signal)])
  const groups = groupsOf(definition, send).map((group) => ({
    ...group,
    ...(messages.get(group.step) ?? { sent: 0, opened: 0, clicked: 0 }),
    ...(reached.get(`${group.kind} ${group.name}`) ?? nobody),
  }))
  return { groups, mixed: reached.get('mixed')?.people ?? 0 }
}

/** The same of the variants alone, where nothing but opens and clicks is asked for: without asking history. */
export async function readReactions(db: Db, send: Send, definition: CampaignDefinition): Promise<readonly GroupCounts[]> {
  const messages = await readMessages(db, send)
  return groupsOf(definition, send)
    .filter(({ kind }) => kind === 'variant')
    .map((group) => ({ ...group, ...nobody, ...(messages.get(group.step) ?? { sent: 0, opened: 0, clicked: 0 }) }))
}

function groupsOf({ message, variants, ...rest }: CampaignDefinition, { part, winner }: Send) {
  const listed = (variants ?? [{ name: onlyVariant, template: undefined }]).map(({ name, template }, index) => ({
    kind: 'variant' as const,
    name,
    template: template ?? message.template,
    step: variants === undefined ? 'message' : stepOf('variant', index),
  }))
  const chosen = part === 'rest' ? listed.findIndex(({ name }) => name === winner) : -1
  const names = variantNamesOf({ message, variants, ...rest })
  return [
    ...listed,
    ...(chosen === -1 ? [] : [{ ...listed[chosen]!, kind: 'rest' as const, step: stepOf('rest', chosen) }]),
    ...(names.includes(holdOutName) ? [{ kind: 'hold-out' as const, name: holdOutName, template: null, step: '' }] : []),
  ]
}

async function readMessages(db: Db, { id, startedAt }: Send) {
  if (startedAt === null) return new Map<string, { sent: number; opened: number; clicked: number }>()
  const { rows } = await db.query<{ step: string; sent: number; opened: number; clicked: number }>(MESSAGES, [id, startedAt])
  return new Map(rows.map(({ step, ...counts }) => [step, counts]))
}

// A person counts once, as the one they are today, and for what they did within the time of the goal after they were given their group.
const REACHED = `
with given as (
  select ${PERSON} as person, uniqExact(e.properties['variant']) as variants, any(JSONExtractString(e.properties['variant'])) as variant,
    any(JSONExtractString(e.properties['part'])) as part, min(e.at) as since
  from events_by_name as e ${OVERRIDES}
  where e.tells in (0, 1) and e.name = '${eventNames.experimentExposed}' and e.lane = ${lanes.derived} and e.received_at >= {from:Int64}
    and e.properties['journey'] = {journey:String} and e.properties['send'] = {send:String} and e.at <= {until:Int64}
  group by person
), ${ORDERS}, spent as (
  select g.person as person, sum(r.net) as units from orders as r global inner join given as g on r.person = g.person
  where r.currency_of = {currency:String} and r.since >= g.since and r.since <= g.since + {within:Int64} group by g.person
), reached as (
  select distinct g.person as person, 1 as reached
  from (
    select ${PERSON} as person, e.at as at from events_by_name as e ${OVERRIDES}
    where e.tells in (0, 1) and e.name = {event:String} and e.received_at >= {from:Int64} and e.at >= {from:Int64}
  ) as d
  global inner join given as g on d.person = g.person
  where d.at >= g.since and d.at <= g.since + {within:Int64}
)
select multiIf(g.variants > 1, 'mixed', g.variant = '${holdOutName}', 'hold-out ${holdOutName}', concat(if(g.part = 'rest', 'rest ', 'variant '), g.variant)) as kind,
  toFloat64(count()) as people, toFloat64(countIf(r.reached = 1)) as converted, toFloat64(countIf(s.units > 0)) as buyers,
  sum(toFloat64(s.units)) as sum, sum(toFloat64(s.units) * toFloat64(s.units)) as squares
from given as g global left join spent as s on g.person = s.person global left join reached as r on g.person = r.person
group by kind`

/**
 * What people did after they were given their group, by kind and name of it; `mixed`: who was given several.
 * @param span those who were given it up to `until` (epoch ms), and what they did `within` so many ms; left out, everybody within the time of the goal
 */
export async function readReached(
  ask: AskHistory,
  { campaign, number, startedAt }: Pick<Send, 'campaign' | 'number' | 'startedAt'>,
  { goal = usualGoal }: CampaignDefinition,
  currency: string,
  signal?: AbortSignal,
  span: { readonly until: number; readonly within: number } = { until: Number.MAX_SAFE_INTEGER, within: durationToMs(goal.within) },
): Promise<ReadonlyMap<string, Reached>> {
  if (startedAt === null) return new Map()
  const rows = await ask<Reached & { kind: string }>(
    {
      sql: REACHED,
      params: {
        from: startedAt - MARGIN_MS,
        journey: JSON.stringify(`campaign:${campaign}`),
        send: String(number),
        event: goal.event,
        ...span,
        currency,
      },
    },
    signal,
  )
  // From ten-thousandths to minor units, and so the squares by the square of what that takes.
  const minor = minorOf(10_000, currency) / 10_000
  return new Map(
    rows.map(({ kind, ...counts }) => [
      kind,
      { ...counts, sum: minorOf(counts.sum, currency), squares: Math.round(counts.squares * minor ** 2) },
    ]),
  )
}
