import { channelKinds, shardOf, type SegmentPreview, type Settings } from '@throughline/contracts'
import { addressFor, type ProfileState } from '@throughline/engine'
import { decideSend, readPermissions } from '../../consent/index.ts'
import type { Db } from '../../platform/postgres/index.ts'
import { marginOf } from './margin.ts'

type Reach = NonNullable<SegmentPreview['reach']>[number]

/**
 * How many of so many people each channel reaches, by asking for those drawn what the sender asks before it sends a marketing message:
 * an address, consent, no suppression.
 */
export async function askReach(
  db: Db,
  drawn: ReadonlyMap<string, ProfileState>,
  settings: Settings,
): Promise<(size: number, margin: number) => Reach[]> {
  const reached = await Promise.all(
    channelKinds.map(async (channel) => {
      const addressed = [...drawn.values()].flatMap((profile) => {
        const address = addressFor(channel, profile)
        return address === null ? [] : [{ shard: shardOf(profile.id), profileId: profile.id, channel, address }]
      })
      const permissions = await readPermissions(db, addressed)
      const message = { channel, label: channel, purpose: 'marketing' as const }
      return { channel, n: permissions.filter((permission) => decideSend(permission, message, settings).kind === 'send').length }
    }),
  )
  return (size, sizeMargin) =>
    reached.map(({ channel, n }): Reach => {
      const exact = sizeMargin === 0 && drawn.size >= size
      const people = drawn.size === 0 ? 0 : Math.round((n / drawn.size) * size)
      const price = settings.pricePerThousand[channel]
      return {
        channel,
        people,
        exact,
        // Both may be off: the share that is reached, and of how many.
        margin: exact ? 0 : Math.ceil(Math.hypot(marginOf(n, drawn.size, size), drawn.size === 0 ? 0 : (n / drawn.size) * sizeMargin)),
        cost: price === null ? null : Math.round((people * price) / 1_000),
      }
    })
}
