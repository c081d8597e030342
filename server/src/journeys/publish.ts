import { shardCount, type Definition, type JourneyState, type VersionMove } from '@throughline/contracts'
import { appendControls, INBOX_CHANNEL, shardProfile } from '../ingest/index.ts'
import { withTransaction, type Pool, type PoolClient } from '../platform/postgres/index.ts'
import { canonicalJson } from '../platform/text/index.ts'
import { readJourneyStates, writeJourneyState } from './state-store.ts'
import { loadLatest, type StoredDefinition } from './store.ts'

export interface Change {
  readonly kind: string
  readonly id: string
  readonly change: 'new' | 'changed' | 'unchanged'
  readonly version: number
  /** The newest version before it; 0 when there is none. */
  readonly before: number
}

export interface Publication {
  readonly changes: readonly Change[]
  /** Null when nothing changed or nothing was to be written. */
  readonly epoch: number | null
}

/**
 * Publishes definitions: those that differ from their newest version get a new one, all under one new epoch, and every
 * shard is told in its own order by a `definitions-published` entry; all of it in one transaction.
 * @param check called with all definitions as they would be in force; throws to refuse the whole publication
 */
export async function publish(
  pool: Pool,
  given: readonly Definition[],
  options: {
    by: string
    dryRun: boolean
    /** Of a journey that is published alone: where people of its older versions go. */
    moves?: readonly VersionMove[]
    check: (inForce: readonly Definition[]) => void | Promise<void>
    /** Called within the transaction, with what changes. */
    onPublished: (client: PoolClient, changes: readonly Change[]) => Promise<void>
  },
): Promise<Publication> {
  // How a journey stands is no part of its versions.
  const definitions = given.map(withoutState)
  return withTransaction(pool, async (client) => {
    // One publication at a time: versions are counted up and validated against what the one before left.
    await client.query('select 1 from workspace where id = 1 for update')
    const latest = new Map((await loadLatest(client)).map((one) => [keyOf(one.definition), one]))
    const inForce = new Map([...latest].map(([key, one]) => [key, one.definition]))
    for (const definition of definitions) inForce.set(keyOf(definition), definition)
    await options.check([...inForce.values()])
    const states = await statesToSet(client, given)
    const changes = definitions.map((definition): Change => {
      const change = changeOf(definition, latest.get(keyOf(definition)))
      return change.change === 'unchanged' && states.has(change.id) && definition.kind === 'journey'
        ? { ...change, change: 'changed' }
        : change
    })
    await options.onPublished(client, changes)
    if (options.dryRun || changes.every((one) => one.change === 'unchanged')) return { changes, epoch: null }
    const epoch = await announceEpoch(client)
    const { moves: from = [], by } = options
    const moves = from.length === 0 ? null : JSON.stringify({ by, from })
    for (const [index, { change, kind, id, version }] of changes.entries()) {
      if (change === 'unchanged' || version === latest.get(keyOf(definitions[index]!))?.version) continue
      await client.query(
        `insert into definitions (kind, id, version, epoch, body, published_by, moves)
         values ($1::text, $2::text, $3::int, $4::bigint, $5::jsonb, $6::text, $7::jsonb)`,
        [kind, id, version, epoch, JSON.stringify(definitions[index]), options.by, moves],
      )
    }
    for (const [id, state] of states) await writeJourneyState(client, { id, epoch, state, by: options.by })
    return { changes, epoch }
  })
}

/**
 * Raises the epoch under which definitions and settings are in force, and puts a `definitions-published` entry into the
 * live lane of every shard, within the caller's transaction. Answers the new epoch. Workers are woken at the commit.
 * @param rankedAt the instant, epoch ms, at which what depends on everybody changed, when nothing else did
 */
export function announceEpoch(client: PoolClient, rankedAt: number | null = null): Promise<number> {
  return raiseEpoch(client, rankedAt === null ? {} : { rankedAt })
}

/** The same for figures of everybody that steps of journeys go by from here on, and by which nobody has to be decided anew. */
export function announceFigures(client: PoolClient): Promise<number> {
  return raiseEpoch(client, { figures: true })
}

async function raiseEpoch(client: PoolClient, news: { readonly rankedAt?: number; readonly figures?: true }): Promise<number> {
  const { rows } = await client.query<{ epoch: number }>(
    'update workspace set definitions_epoch = definitions_epoch + 1 where id = 1 returning definitions_epoch as epoch',
  )
  const epoch = rows[0]!.epoch
  await appendControls(
    client,
    Array.from({ length: shardCount }, (_, shard) => ({
      name: 'definitions-published',
      id: `published:${epoch}:${shard}`,
      profileId: shardProfile(shard),
      properties: { epoch, ...news },
    })),
  )
  await client.query('select pg_notify($1::text, $2::text)', [INBOX_CHANNEL, ''])
  return epoch
}

function withoutState(definition: Definition): Definition {
  if (definition.kind !== 'journey' || definition.state === undefined) return definition
  const { state: _, ...body } = definition
  return body
}

/** What the given journeys say of how they are to stand, where they stand otherwise. */
async function statesToSet(client: PoolClient, given: readonly Definition[]): Promise<ReadonlyMap<string, JourneyState>> {
  const standing = await readJourneyStates(client)
  const states = new Map<string, JourneyState>()
  for (const one of given) {
    if (one.kind !== 'journey' || one.state === undefined || one.state === (standing.get(one.id)?.state ?? 'live')) continue
    states.set(one.id, one.state)
  }
  return states
}

function changeOf(definition: Definition, latest: StoredDefinition | undefined): Change {
  const { kind, id } = definition
  const before = latest?.version ?? 0
  if (latest === undefined) return { kind, id, change: 'new', version: 1, before }
  if (canonicalJson(latest.definition) === canonicalJson(definition))
    return { kind, id, change: 'unchanged', version: latest.version, before }
  return { kind, id, change: 'changed', version: latest.version + 1, before }
}

function keyOf(definition: Definition): string {
  return `${definition.kind} ${definition.id}`
}
