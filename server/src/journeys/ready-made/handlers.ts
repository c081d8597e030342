import { factsOf, type ChannelKind, type ReadyMadeAnswer } from '@throughline/contracts'
import type { ClickHouse } from '../../platform/clickhouse/index.ts'
import { makeFigure } from '../../platform/figure/index.ts'
import type { Handlers } from '../../platform/http/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import { insertDraft, loadDrafts } from '../drafts/store.ts'
import { problemsBetween, refuse } from '../handlers.ts'
import { publish } from '../publish.ts'
import { loadLatest } from '../store.ts'
import { ReadyMadeError } from './errors.ts'
import { makeOwn } from './own.ts'
import { readReadyMade, type ReadyMade } from './read.ts'
import { findSeen } from './seen.ts'

export interface ReadyMadeDeps {
  readonly pool: Pool
  readonly clickhouse: ClickHouse
  /** Channels that have a provider. */
  readonly carriedChannels: () => Promise<ReadonlySet<ChannelKind>>
}

/** Handlers of the journeys that come with Throughline. */
export function makeReadyMadeHandlers({ pool, clickhouse, carriedChannels }: ReadyMadeDeps) {
  const seen = makeFigure(async () =>
    findSeen(
      clickhouse,
      (await readReadyMade()).flatMap(({ needs }) => needs),
    ),
  )

  async function standing(): Promise<(one: ReadyMade) => ReadyMadeAnswer> {
    const [known, carried] = await Promise.all([seen(), carriedChannels()])
    return (one) => describe(one, known, carried)
  }

  return {
    async readyMades() {
      const [all, told] = await Promise.all([readReadyMade(), standing()])
      return { items: all.map(told) }
    },
    async readyMade({ params }) {
      const [one, told] = await Promise.all([find(params.id), standing()])
      return { ...told(one), definitions: [one.journey, ...one.others] }
    },
    async takeReadyMade({ params, body: { name, site }, auth, audit }) {
      const ready = await find(params.id)
      const [inUse, drafts] = await Promise.all([loadLatest(pool), loadDrafts(pool)])
      const taken = new Set(
        [...inUse.map(({ definition }) => definition), ...drafts.map(({ definition }) => definition)].map(({ id }) => id),
      )
      const { journey, others } = makeOwn(ready, taken, site)
      const definition = { ...journey, name: name ?? journey.name }
      const saved = { revision: 1, basedOn: 0, savedAt: Date.now(), savedBy: auth.name, definition }
      await publish(pool, others, {
        by: auth.name,
        dryRun: false,
        check: (inForce) => refuse(problemsBetween(inForce, others)),
        onPublished: async (client, changes) => {
          // Somebody else may have taken the same one since the ids were chosen: then nothing of this one is kept.
          const isFree = changes.every(({ change }) => change === 'new')
          if (!isFree || !(await insertDraft(client, journey.id, saved)))
            throw new ReadyMadeError('conflict', 'ready_made_taken', `Somebody else is taking "${ready.name}" at this moment. Try again.`, {
              field: 'id',
              value: ready.id,
              retryAfter: 1,
            })
          audit.note({ subject: journey.id, after: { from: ready.id, name: definition.name } })
          await audit.commit(client)
        },
      })
      return { journey: journey.id, published: others.map(({ kind, id }) => ({ kind, id })) }
    },
  } satisfies Handlers<'readyMades' | 'readyMade' | 'takeReadyMade'>
}

async function find(id: string): Promise<ReadyMade> {
  const all = await readReadyMade()
  const found = all.find((one) => one.id === id)
  if (found !== undefined) return found
  throw new ReadyMadeError('not-found', 'ready_made_unknown', `There is no ready-made journey "${id}".`, {
    field: 'id',
    value: id,
    allowed: all.map((one) => one.id).join(', '),
  })
}

function describe(one: ReadyMade, seen: ReadonlySet<string> | null, carried: ReadonlySet<ChannelKind>): ReadyMadeAnswer {
  const channels = new Map<ChannelKind, number>()
  for (const step of Object.values(one.journey.steps))
    if (step.kind === 'message') channels.set(step.channel, (channels.get(step.channel) ?? 0) + 1)
  return {
    id: one.id,
    name: one.name,
    kind: one.kind,
    made: one.made,
    use: one.use,
    needs: one.needs.map((need) => ({ ...need, seen: seen && seen.has(`${need.kind} ${need.name}`) })),
    change: [...one.change],
    channels: [...channels].map(([channel, messages]) => ({
      channel,
      messages,
      carried: factsOf(channel).carrier === 'house' || carried.has(channel),
    })),
  }
}
