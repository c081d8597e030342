import { randomUUID } from 'node:crypto'
import { lanes } from '@throughline/contracts'
import { appendControls, INBOX_CHANNEL, shardProfile } from '../../ingest/index.ts'
import { withTransaction, type Pool, type PoolClient } from '../../platform/postgres/index.ts'
import { DefinitionError, unknownJourney } from '../errors.ts'
import { loadJourneyVersions } from '../store.ts'

/** Whose runs somebody wants elsewhere. */
export interface Asked {
  readonly journey: string
  readonly version: number
  readonly step: string
  /** Left out, everybody who stands there now. */
  readonly runs?: readonly string[] | undefined
  /** Null: out of the journey. */
  readonly to: { readonly version: number; readonly step: string } | null
  readonly key?: string | undefined
  readonly by: string
}

// Who stands there is kept as it is seen now: those who come later are not meant, and those who have gone on by then are passed over.
const TAKE = `
insert into journey_move_runs (shard, move_id, profile_id, run_id)
select shard, $1::text, profile_id, run_id from runs
where journey_id = $2::text and version = $3::int and step = $4::text and ($5::text[] is null or run_id = any($5::text[]))`

/**
 * Asks the holders of the shards to take people from a step to another, or out of the journey; in slices, in the order of their own events.
 * @param onAsked called within the transaction with how many it is about
 * @returns `repeated`: this key was used before for this journey, and nothing happens again
 * @throws DefinitionError `journey_unknown`, `version_unknown`, `move_invalid`, `nobody_to_move`
 */
export async function askForMove(
  pool: Pool,
  asked: Asked,
  onAsked: (client: PoolClient, people: number) => Promise<void>,
): Promise<{ move: string; outcome: 'asked' | 'repeated'; people: number }> {
  const { journey, version, step, runs, to, key, by } = asked
  const move = `${journey}:${key ?? randomUUID()}`
  return withTransaction(pool, async (client) => {
    await checkPlaces(client, asked)
    const { rowCount } = await client.query(
      `insert into journey_moves (id, journey_id, version, step, to_version, to_step, people, asked_at, asked_by)
       values ($1::text, $2::text, $3::int, $4::text, $5::int, $6::text, 0, (extract(epoch from clock_timestamp()) * 1000)::bigint, $7::text)
       on conflict do nothing`,
      [move, journey, version, step, to?.version ?? null, to?.step ?? null, by],
    )
    if (rowCount === 0) {
      const { rows } = await client.query<{ people: number }>('select people from journey_moves where id = $1::text', [move])
      return { move, outcome: 'repeated', people: rows[0]!.people }
    }
    const people = (await client.query(TAKE, [move, journey, version, step, runs ?? null])).rowCount ?? 0
    if (people === 0)
      throw new DefinitionError(
        'conflict',
        'nobody_to_move',
        runs === undefined
          ? `Nobody stands at "${step}" in version ${version} of "${journey}" now.`
          : `None of those who were named stands at "${step}" in version ${version} of "${journey}" any more. Look at the list again.`,
        { field: runs === undefined ? 'step' : 'runs', value: step },
      )
    await client.query('update journey_moves set people = $2::bigint where id = $1::text', [move, people])
    await onAsked(client, people)
    await tellShards(client, move, { from: { version, step }, to, by })
    return { move, outcome: 'asked', people }
  })
}

/** Refuses places that the journey does not have. */
async function checkPlaces(client: PoolClient, { journey, version, step, to }: Asked): Promise<void> {
  const versions = await loadJourneyVersions(client, journey)
  if (versions.length === 0) throw unknownJourney(journey)
  const target = to === null ? null : versions.find((one) => one.version === to.version)
  for (const [field, wanted] of [
    ['version', version],
    ['to.version', to?.version ?? version],
  ] as const) {
    if (versions.some((one) => one.version === wanted)) continue
    const allowed = `1 to ${versions[0]!.version}`
    throw new DefinitionError('not-found', 'version_unknown', `The journey "${journey}" has no version ${wanted}; allowed: ${allowed}.`, {
      field,
      value: wanted,
      allowed,
    })
  }
  if (to === null) return
  await refuseMoved(client, journey, to)
  const steps = Object.keys(target?.definition.steps ?? {})
  if (steps.includes(to.step) && (to.version !== version || to.step !== step)) return
  const allowed = `another step of version ${to.version}: ${steps.filter((id) => to.version !== version || id !== step).join(', ')}`
  const reason = steps.includes(to.step) ? 'is where they stand already' : `is no step of version ${to.version}`
  throw new DefinitionError('bad-input', 'move_invalid', `Nobody was moved: "${to.step}" ${reason}. Allowed is ${allowed}.`, {
    field: 'to.step',
    value: to.step,
    allowed,
  })
}

/** Refuses a step from which a later version takes people away: they would not stay there. */
async function refuseMoved(client: PoolClient, journey: string, { version, step }: NonNullable<Asked['to']>): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    `select version from definitions, jsonb_array_elements(moves -> 'from') m
     where kind = 'journey' and id = $1::text and (m ->> 'version')::int = $2::int and m -> 'steps' ? $3::text order by version desc limit 1`,
    [journey, version, step],
  )
  if (rows[0] === undefined) return
  throw new DefinitionError(
    'bad-input',
    'move_invalid',
    `Nobody was moved: since version ${rows[0].version} people at "${step}" of version ${version} are taken on to that one. Choose a step of it.`,
    { field: 'to.version', value: version, allowed: String(rows[0].version) },
  )
}

/** Puts an entry into the bulk lane of each shard in which people are meant, as the last thing of the transaction. */
async function tellShards(
  client: PoolClient,
  move: string,
  order: Pick<Asked, 'to' | 'by'> & { from: { version: number; step: string } },
): Promise<void> {
  const { rows } = await client.query<{ shard: number; epoch: number }>(
    `select distinct r.shard, w.definitions_epoch as epoch from journey_move_runs r, workspace w where r.move_id = $1::text order by r.shard`,
    [move],
  )
  await appendControls(
    client,
    rows.map(({ shard, epoch }) => ({
      name: 'move-people',
      id: `move-people:${move}:${shard}:0`,
      profileId: shardProfile(shard),
      lane: lanes.bulk,
      properties: { move, epoch, from: order.from, to: order.to, by: order.by, slice: 0 },
    })),
  )
  await client.query('select pg_notify($1::text, $2::text)', [INBOX_CHANNEL, ''])
}
