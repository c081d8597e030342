import { shardCount, type Definition } from '@throughline/contracts'
import { appendControls, INBOX_CHANNEL, shardProfile } from '../ingest/index.ts'
import { withTransaction, type Pool, type PoolClient } from '../platform/postgres/index.ts'
import { canonicalJson } from '../platform/text/index.ts'
import { loadLatest, type StoredDefinition } from './store.ts'

export interface Change {
  readonly kind: string
  readonly id: string
  readonly change: 'new' | 'changed' | 'unchanged'
  readonly version: number
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
  definitions: readonly Definition[],
  options: {
    by: string
    dryRun: boolean
    check: (inForce: readonly Definition[]) => void | Promise<void>
    /** Called within the transaction, with what changes. */
    onPublished: (client: PoolClient, changes: readonly Change[]) => Promise<void>
  },
): Promise<Publication> {
  return withTransaction(pool, async (client) => {
    // One publication at a time: versions are counted up and validated against what the one before left.
    await client.query('select 1 from workspace where id = 1 for update')
    const latest = new Map((await loadLatest(client)).map((one) => [keyOf(one.definition), one]))
    const inForce = new Map([...latest].map(([key, one]) => [key, one.definition]))
    for (const definition of definitions) inForce.set(keyOf(definition), definition)
    await options.check([...inForce.values()])
    const changes = definitions.map((definition) => changeOf(definition, latest.get(keyOf(definition))))
    await options.onPublished(client, changes)
    if (options.dryRun || changes.every((one) => one.change === 'unchanged')) return { changes, epoch: null }
    const epoch = await announceEpoch(client)
    for (const [index, { change, kind, id, version }] of changes.entries()) {
      if (change === 'unchanged') continue
      await client.query(
        `insert into definitions (kind, id, version, epoch, body, published_by) values ($1::text, $2::text, $3::int, $4::bigint, $5::jsonb, $6::text)`,
        [kind, id, version, epoch, JSON.stringify(definitions[index]), options.by],
      )
    }
    return { changes, epoch }
  })
}

/**
 * Raises the epoch under which definitions and settings are in force, and puts a `definitions-published` entry into the
 * live lane of every shard, within the caller's transaction. Answers the new epoch. Workers are woken at the commit.
 * @param rankedAt the instant, epoch ms, at which what depends on everybody changed, when nothing else did
 */
export async function announceEpoch(client: PoolClient, rankedAt: number | null = null): Promise<number> {
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
      properties: { epoch, ...(rankedAt !== null && { rankedAt }) },
    })),
  )
  await client.query('select pg_notify($1::text, $2::text)', [INBOX_CHANNEL, ''])
  return epoch
}

function changeOf(definition: Definition, latest: StoredDefinition | undefined): Change {
  const { kind, id } = definition
  if (latest === undefined) return { kind, id, change: 'new', version: 1 }
  if (canonicalJson(latest.definition) === canonicalJson(definition)) return { kind, id, change: 'unchanged', version: latest.version }
  return { kind, id, change: 'changed', version: latest.version + 1 }
}

function keyOf(definition: Definition): string {
  return `${definition.kind} ${definition.id}`
}
