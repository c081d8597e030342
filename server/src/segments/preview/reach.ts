import { channelKinds, shardOf, type SegmentPreview, type Settings } from '@throughline/contracts'
import { addressFor, type ProfileState } from '@throughline/engine'
import { decideSend, readPermissions } from '../../consent/index.ts'
import type { Db } from '../../platform/postgres/index.ts'
import { marginOf } from './count.ts'

type Reach = NonNullable<SegmentPreview['reach']>[number]

/**
 * How many of `size` people each channel reaches, by asking for those drawn what the sender asks before it sends a marketing message:
 * an address, consent, no suppression.
 */
export async function askReach(db: Db, drawn: ReadonlyMap<string, ProfileState>, size: number, settings: Settings): Promise<Reach[]> {
  return Promise.all(
    channelKinds.map(async (channel): Promise<Reach> => {
      const addressed = [...drawn.values()].flatMap((profile) => {
        const address = addressFor(channel, profile)
        return address === null ? [] : [{ shard: shardOf(profile.id), profileId: profile.id, channel, address }]
      })
      const permissions = await readPermissions(db, addressed)
      const message = { channel, label: channel, purpose: 'marketing' as const }
      const reached = permissions.filter((permission) => decideSend(permission, message, settings).kind === 'send').length
      const exact = drawn.size >= size
      const people = drawn.size === 0 ? 0 : Math.round((reached / drawn.size) * size)
      const price = settings.pricePerThousand[channel]
      return {
        channel,
        people,
        exact,
        margin: exact ? 0 : marginOf(reached, drawn.size, size),
        cost: price === null ? null : Math.round((people * price) / 1_000),
      }
    }),
  )
}
