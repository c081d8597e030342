import { shardCount, type AnswerRates, type ChannelAnswers } from '@throughline/contracts'
import { answerEvents, ANSWER_TIME_MS, strengthOf, type SharesOfPeople } from '@throughline/engine'
import type { Asker } from '../ask.ts'

/** Messages of so many days count. */
export const DAYS = 90
const DAY_MS = 86_400_000
/** Shards that are asked about at once: each person's messages are held meanwhile. */
const SHARDS = 8

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ')
const { sent, answers } = answerEvents
const MESSAGE = `cityHash64(properties['message_id'])`

/*
 * Per person and channel: messages that count, by the hashes of their ids, and those of them that were answered. Nobody can have answered
 * what just went out, so that unanswered messages count a day later. Of somebody merged out of two what each got counts apart.
 */
const COUNTS = `
  select channel, toFloat64(count()) as people, toFloat64(sum(n)) as sent, toFloat64(sum(x)) as answered,
    toFloat64(sum(n * n)) as squares, toFloat64(sum(x * x / n)) as shares
  from (
    select profile_id, JSONExtractString(properties['channel']) as channel,
      groupUniqArrayIf(${MESSAGE}, name = '${sent}' and at <= {seen:Int64}) as old,
      groupUniqArrayIf(${MESSAGE}, name = '${sent}' and at > {seen:Int64}) as young,
      groupUniqArrayIf(${MESSAGE}, name != '${sent}') as answers,
      length(arrayIntersect(young, answers)) as early,
      length(old) + early as n,
      length(arrayIntersect(old, answers)) + early as x
    from events_by_name
    where tells in (0, 1) and name in (${quoted([sent, ...answers])}) and shard >= {first:UInt8} and shard <= {last:UInt8}
      and received_at >= {since:Int64} and received_at <= {upTo:Int64} and at >= {since:Int64}
      and properties['message_id'] != '' and properties['channel'] != ''
      and properties['machine'] != 'true' and properties['test'] != 'true'
    group by profile_id, channel
    having n > 0
  )
  group by channel`

interface Row extends SharesOfPeople {
  readonly channel: string
}

/** What everybody answered of the messages of the last {@link DAYS} days, by what had come in up to an instant, epoch ms. */
export async function askAnswerRates(ask: Asker, upTo: number, signal?: AbortSignal): Promise<AnswerRates> {
  const sums = new Map<string, SharesOfPeople>()
  for (let first = 0; first < shardCount; first += SHARDS) {
    const params = { first, last: first + SHARDS - 1, since: upTo - DAYS * DAY_MS, upTo, seen: upTo - ANSWER_TIME_MS }
    for (const { channel, ...row } of await ask.rows<Row>({ sql: COUNTS, params }, signal)) {
      const sum = sums.get(channel)
      sums.set(channel, sum === undefined ? row : add(sum, row))
    }
  }
  return Object.fromEntries(
    [...sums].map(([channel, sum]): [string, ChannelAnswers] => [
      channel,
      { sent: sum.sent, answered: sum.answered, strength: strengthOf(sum) },
    ]),
  )
}

function add(a: SharesOfPeople, b: SharesOfPeople): SharesOfPeople {
  return {
    people: a.people + b.people,
    sent: a.sent + b.sent,
    answered: a.answered + b.answered,
    squares: a.squares + b.squares,
    shares: a.shares + b.shares,
  }
}
