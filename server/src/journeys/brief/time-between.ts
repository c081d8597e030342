import { shardCount, type EventMatch, type JsonObject, type TimeBetween } from '@throughline/contracts'
import { compileMatch, type ConditionContext } from '@throughline/engine'
import type { AskHistory } from './ask.ts'

const DAY = 86_400_000
/** Events that are read at most, about: a second's work. */
const READ = 250_000
/** Of fewer people nothing is said. */
const ENOUGH = 5

export interface BetweenQuestion {
  readonly from: EventMatch
  readonly to: EventMatch
  readonly days: number
  /** Epoch ms. */
  readonly now: number
  readonly context: ConditionContext
}

interface Row {
  readonly person: string
  readonly moment: string
  readonly event: string
  readonly texts: Readonly<Record<string, string>>
}

/**
 * How long people take from the first time of one event to the next time of another. Where both come often, the people of some shards are
 * asked, who are as good as any.
 */
export async function readTimeBetween(ask: AskHistory, question: BetweenQuestion, signal: AbortSignal): Promise<TimeBetween> {
  const { from, to, days, now, context } = question
  const names = [...new Set([from.event, to.event])]
  const params = { names, since: now - days * DAY }
  const wanted = 'tells in (0, 1) and e.name in {names:Array(String)} and received_at >= {since:Int64} and e.at >= {since:Int64}'
  const [counted] = await ask.rows<{ n: number }>({ sql: `select count() as n from events_by_name as e where ${wanted}`, params }, signal)
  const shards = Math.max(1, Math.min(shardCount, Math.floor((shardCount * READ) / Math.max(1, Number(counted?.n ?? 0)))))
  const filtered = from.where !== undefined || to.where !== undefined
  // Whoever was merged is asked as the person they are now; of some shards, those who came from elsewhere with their own events only.
  const rows = await ask.rows<Row>(
    {
      sql: `select toString(if(o.loser = e.profile_id, o.winner, e.profile_id)) as person, toString(e.at) as moment, e.name as event,
          ${filtered ? 'e.properties' : "map('', '')"} as texts
        from events_by_name as e left join profile_overrides as o on e.profile_id = o.loser
        where ${wanted} ${shards < shardCount ? `and shard < ${shards}` : ''}
        order by person, e.at`,
      params,
    },
    signal,
  )
  const found = measure(rows, compileMatch(from, context), compileMatch(to, context))
  const sorted = found.times.toSorted((a, b) => a - b)
  const at = (share: number): number | null => (sorted.length < ENOUGH ? null : quantile(sorted, share))
  return {
    days,
    people: found.people,
    did: sorted.length,
    quarter: at(0.25),
    median: at(0.5),
    threeQuarters: at(0.75),
    share: shards / shardCount,
  }
}

type Matches = ReturnType<typeof compileMatch>

/** @param rows by person, and each person's in their order */
function measure(rows: readonly Row[], isFrom: Matches, isTo: Matches): { readonly people: number; readonly times: readonly number[] } {
  const times: number[] = []
  let people = 0
  let person: string | undefined
  let begun: number | null = null
  let done = false
  for (const row of rows) {
    if (row.person !== person) {
      person = row.person
      begun = null
      done = false
    }
    if (done) continue
    const at = Number(row.moment)
    const occurrence = { id: '', hash: 0, name: row.event, at, timestamp: at, properties: read(row.texts) }
    if (begun !== null && at > begun && isTo(occurrence)) {
      times.push(at - begun)
      done = true
    } else if (begun === null && isFrom(occurrence)) {
      begun = at
      people += 1
    }
  }
  return { people, times }
}

function read(texts: Row['texts']): JsonObject {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => (name === '' && text === '' ? [] : [[name, JSON.parse(text)]])),
  ) as JsonObject
}

/** Of sorted values, between the two nearest. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!]
  return Math.round(low + (high - low) * (place - Math.floor(place)))
}
