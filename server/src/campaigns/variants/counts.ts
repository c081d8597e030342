import { durationToMs, eventNames, holdOutName, lanes, usualGoal, type CampaignDefinition } from '@throughline/contracts'
import { onlyVariant, stepOf, variantNamesOf } from '@throughline/engine'
import type { Db } from '../../platform/postgres/index.ts'
import type { AskHistory } from '../earnings.ts'
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

const PERSON = `if(o.merged = 1, o.winner, e.profile_id)`
const OVERRIDES = 'global left join (select loser, winner, 1 as merged from profile_overrides) as o on e.profile_id = o.loser'
const text = (name: string): string => `trim(both '"' from e.properties['${name}'])`
/** What an order came to in minor units, as the shop counts it or by its decimal sum; the first that is a number counts. */
const MINOR = `coalesce(${['total', 'revenue', 'value']
  .flatMap((name) => [`toFloat64OrNull(e.properties['${name}_minor'])`, `toFloat64OrNull(${text(name)}) * {minor:Float64}`])
  .join(', ')}, 0)`

/*
 * A person counts once, as the one they are today, and for what they did within the time of the goal after they were given their group. An
 * order is one by its id: told twice it counts once, at the instant and with the sum of its first telling.
 */
const REACHED = `
with given as (
  select ${PERSON} as person, uniqExact(e.properties['variant']) as variants, any(JSONExtractString(e.properties['variant'])) as variant,
    any(JSONExtractString(e.properties['part'])) as part, min(e.at) as since
  from events_by_name as e ${OVERRIDES}
  where e.tells in (0, 1) and e.name = '${eventNames.experimentExposed}' and e.lane = ${lanes.derived} and e.received_at >= {from:Int64}
    and e.properties['journey'] = {journey:String} and e.properties['send'] = {send:String}
  group by person
), told as (
  select ${PERSON} as person, e.name as name,
    coalesce(nullIf(${text('order_id')}, ''), nullIf(${text('orderId')}, ''), toString(e.at)) as key,
    min(e.at) as at, argMin(if(upper(${text('currency')}) in ('', {currency:String}), ${MINOR}, 0), e.at) as minor
  from events_by_name as e ${OVERRIDES}
  where e.tells in (0, 1) and e.name in ({event:String}, 'Order Completed') and e.received_at >= {from:Int64} and e.at >= {from:Int64}
  group by person, name, key
), people as (
  select g.person as person, any(g.variants) as variants, any(g.variant) as variant, any(g.part) as part,
    countIf(t.name = {event:String} and t.at >= g.since and t.at <= g.since + {within:Int64}) > 0 as reached,
    sumIf(t.minor, t.name = 'Order Completed' and t.at >= g.since and t.at <= g.since + {within:Int64}) as spent
  from given as g global left join told as t on g.person = t.person
  group by g.person
)
select multiIf(variants > 1, 'mixed', variant = '${holdOutName}', 'hold-out ${holdOutName}', concat(if(part = 'rest', 'rest ', 'variant '), variant)) as kind,
  toFloat64(count()) as people, toFloat64(countIf(reached)) as converted, toFloat64(countIf(spent > 0)) as buyers,
  toFloat64(sum(spent)) as sum, toFloat64(sum(spent * spent)) as squares
from people group by kind`

/** How far the times of our own facts may lie before the start of their send, ms. */
const MARGIN_MS = 60_000

/** What people did after they were given their group, by kind and name of it; `mixed`: who was given several. */
export async function readReached(
  ask: AskHistory,
  { campaign, number, startedAt }: Pick<Send, 'campaign' | 'number' | 'startedAt'>,
  { goal = usualGoal }: CampaignDefinition,
  currency: string,
  signal?: AbortSignal,
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
        within: durationToMs(goal.within),
        currency,
        minor: 10 ** digitsOf(currency),
      },
    },
    signal,
  )
  return new Map(rows.map(({ kind, ...counts }) => [kind, counts]))
}

/** Digits behind the point of a currency (ISO 4217, as Intl has it). */
export function digitsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}
