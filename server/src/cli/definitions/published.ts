import type {
  AdAudience,
  AdAudienceFile,
  ChannelFile,
  CouponPool,
  CouponPoolFile,
  Form,
  FormFile,
  InFile,
  RouteResponse,
} from '@throughline/contracts'
import { CallError, callServer, type Server } from '../api-client.ts'
import { inOrder } from './normal-form.ts'
import { keyOf } from './kinds.ts'

/** What holds on the server under one name. */
export interface Published {
  readonly value: InFile
  /** Channels, pools, forms and ad audiences have none. */
  readonly version: number | null
}

export interface AllPublished {
  readonly byKey: ReadonlyMap<string, Published>
  /** Why channels are not among them, if they are not. */
  readonly withoutChannels: string | null
}

/** Everything in force on the server, each in the order in which it is written. Channels only where the key may see them. */
export async function readPublished(server: Server): Promise<AllPublished> {
  const { items } = await callServer(server, 'definitions', {})
  const definitions = items.map(({ definition, version }): Published => ({ value: inOrder(definition), version }))
  const pools = (await callServer(server, 'couponPools', { query: {} })).items.map((one): Published => ({
    value: inOrder(poolFileOf(one)),
    version: null,
  }))
  const forms = (await callServer(server, 'forms', { query: {} })).items.map((one): Published => ({
    value: inOrder(formFileOf(one)),
    version: null,
  }))
  const audiences = (await callServer(server, 'adAudiences', { query: {} })).items.map((one): Published => ({
    value: inOrder(audienceFileOf(one)),
    version: null,
  }))
  const { channels, withoutChannels } = await readChannels(server)
  return {
    byKey: new Map([...definitions, ...pools, ...forms, ...audiences, ...channels].map((one) => [keyOf(one.value), one])),
    withoutChannels,
  }
}

async function readChannels(server: Server): Promise<{ channels: Published[]; withoutChannels: string | null }> {
  try {
    const { items } = await callServer(server, 'providers', {})
    return { channels: items.map((one) => ({ value: inOrder(channelFileOf(one)), version: null })), withoutChannels: null }
  } catch (error) {
    // A key that may only look sees no providers; all the rest is still worth having.
    if (!(error instanceof CallError) || error.answer?.code !== 'not_allowed') throw error
    return { channels: [], withoutChannels: `Without channels: ${error.message}` }
  }
}

/** A provider as a file keeps it: its secrets never leave the server. */
export function channelFileOf({ channel, config }: Pick<RouteResponse<'providers'>['items'][number], 'channel' | 'config'>): ChannelFile {
  return { kind: 'channel', channel, provider: config }
}

/** A pool as a file keeps it: its codes never leave the server. */
export function poolFileOf({ id, name, value, expires, alertAt, alertTo }: CouponPool): CouponPoolFile {
  return { kind: 'coupon-pool', id, name, value, expires, alertAt, alertTo }
}

/** A form as a file keeps it: without what came of it. */
export function formFileOf({ id, name, fields, consents, confirmation, thanks, redirect }: Form): FormFile {
  return { kind: 'form', id, name, fields, consents, confirmation, thanks, redirect }
}

/** An ad audience as a file keeps it: without its members, and without the address from which it is fetched. */
export function audienceFileOf({ id, name, platform, segment, topic }: AdAudience): AdAudienceFile {
  return { kind: 'ad-audience', id, name, platform, segment, topic }
}
