import { channelKinds, shardOf, type Condition, type RouteRequest, type SegmentPreview, type Settings } from '@throughline/contracts'
import { addressFor, type ProfileState } from '@throughline/engine'
import { decideSend, readPermissions } from '../../consent/index.ts'
import type { Db } from '../../platform/postgres/index.ts'
import type { Asker } from '../ask.ts'
import { countAmong, scaleUp, type Found, type Question } from './count.ts'
import { marginOf } from './margin.ts'
import { askInTurns } from './shards.ts'

type Reach = NonNullable<SegmentPreview['reach']>[number]

/**
 * How many of so many people each channel reaches, by asking for those drawn what the sender asks before it sends a message of this purpose:
 * an address, no suppression, and of marketing consent.
 */
export async function askReach(
  db: Db,
  drawn: ReadonlyMap<string, ProfileState>,
  settings: Settings,
  purpose: RouteRequest<'previewSegment'>['body']['purpose'],
): Promise<(size: number, margin: number) => Reach[]> {
  const reached = await Promise.all(
    channelKinds.map(async (channel) => {
      const addressed = [...drawn.values()].flatMap((profile) => {
        const address = addressFor(channel, profile)
        return address === null ? [] : [{ shard: shardOf(profile.id), profileId: profile.id, channel, address }]
      })
      const permissions = await readPermissions(db, addressed)
      const message = { channel, label: channel, purpose }
      return { channel, n: permissions.filter((permission) => decideSend(permission, message, settings).kind === 'send').length }
    }),
  )
  return (size, sizeMargin) =>
    reached.map(({ channel, n }): Reach => {
      const exact = sizeMargin === 0 && drawn.size >= size
      const share = drawn.size === 0 ? 0 : n / drawn.size
      // Both may be off: the share that is reached, and of how many; where nobody was drawn, it may be all.
      const margin = exact ? 0 : Math.ceil(Math.hypot(marginOf(n, drawn.size, size), ((n + 1) / (drawn.size + 1)) * sizeMargin))
      return reachOf(channel, Math.round(share * size), margin, exact, settings)
    })
}

/**
 * How many people of a large segment each channel reaches, asked of history as a condition asks it: of everybody, or where that takes
 * more than a moment, of those who could be asked.
 */
export async function reachAmong(ask: Asker, question: Question, settings: Settings): Promise<() => Reach[]> {
  const reachable = channelKinds.map((channel): Condition => ({ kind: 'reachable', channel }))
  const found: Found[] = []
  await askInTurns(question.people, async (some) => {
    found.push(await countAmong(ask, { ...question, conditions: [question.conditions[0], ...reachable], sample: 0 }, some))
  })
  const { both, margins, exact } = scaleUp(found, question.people)
  return () => channelKinds.map((channel, i) => reachOf(channel, both[i]!, margins[i]!, exact, settings))
}

function reachOf(channel: Reach['channel'], people: number, margin: number, exact: boolean, { pricePerThousand }: Settings): Reach {
  const price = pricePerThousand[channel]
  return { channel, people, exact, margin, cost: price === null ? null : Math.round((people * price) / 1_000) }
}
