import { shardOf, type PersonDetail } from '@throughline/contracts'
import { emptyProfile, entriesOf } from '@throughline/engine'
import { readConsents } from '../consent/index.ts'
import { resolveProfile } from '../identity/index.ts'
import type { Db, Pool } from '../platform/postgres/index.ts'
import { describePerson } from './describe.ts'
import { forgottenPerson, unknownPerson } from './errors.ts'
import { createdAtOf, isProfileId } from './ids.ts'
import { loadFormerIds, type ReadSeen } from './seen.ts'
import { readDefinitionNames } from './names.ts'
import { loadIdentifiers, loadProfiles, type OwnedIdentifier, type ReadComputed, type UnpackProfile } from './load.ts'

/** The id a person goes by today. Throws `person_unknown` for what is no id, `person_forgotten`. */
export async function livingId(db: Db, id: string): Promise<string> {
  const wanted = id.toLowerCase()
  if (!isProfileId(wanted)) throw unknownPerson(id)
  const [living, forgotten] = await Promise.all([
    resolveProfile(db, wanted),
    db.query('select 1 from forgotten_profiles where profile_id = $1::uuid', [wanted]),
  ])
  if (forgotten.rows.length > 0) throw forgottenPerson(wanted)
  return living
}

export interface PersonDeps {
  readonly pool: Pool
  readonly unpack: UnpackProfile
  readonly readSeen: ReadSeen
  readonly readComputed: ReadComputed
}

/** All that is known of one person. Asked for by the id of a profile that was merged, it is the one it was merged into. */
export async function readPerson({ pool, unpack, readSeen, readComputed }: PersonDeps, wanted: string): Promise<PersonDetail> {
  const id = await livingId(pool, wanted)
  const [profiles, identifiers, seen, former] = await Promise.all([
    loadProfiles(pool, [id], unpack),
    loadIdentifiers(pool, [id]),
    readSeen([id]),
    loadFormerIds(pool, [id]),
  ])
  const owned = identifiers.get(id) ?? []
  if (!profiles.has(id) && owned.length === 0) throw unknownPerson(wanted)
  const profile = profiles.get(id) ?? emptyProfile(id, createdAtOf(id))
  const [computed, consents, suppressions, names, runs, merges] = await Promise.all([
    readComputed([profile]),
    readConsents(pool, shardOf(id), id),
    readSuppressions(pool, owned),
    readDefinitionNames(pool),
    readRuns(pool, id),
    readMerges(pool, [...former.keys()]),
  ])
  return {
    ...describePerson(id, profile, owned, seen.get(id)),
    traits: Object.entries(profile.traits)
      .map(([name, [value, at]]) => ({ name, value, at }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    computed: (computed.get(id) ?? []).map(({ value = null, ...trait }) => ({ ...trait, value })),
    identifiers: owned.map(({ kind, value, since }) => ({ kind, value, since })),
    consents,
    suppressions,
    segments: entriesOf(profile.segments).flatMap(([segment, since]) => {
      const name = names.get(`segment ${segment}`)
      return name === undefined ? [] : [{ id: segment, name, since }]
    }),
    runs: runs.map((run) => ({
      journey: run.journey_id,
      journeyName: names.get(`journey ${run.journey_id}`) ?? run.journey_id,
      version: run.version,
      step: run.step,
      stepName: run.step_name ?? run.step,
      enteredAt: run.entered_at,
      since: run.since,
      wakesAt: run.wakes_at,
    })),
    merges,
  }
}

async function readSuppressions(db: Db, identifiers: readonly OwnedIdentifier[]): Promise<PersonDetail['suppressions']> {
  const addresses = identifiers.filter(({ kind }) => kind === 'email' || kind === 'phone').map(({ value }) => value)
  const { rows } = await db.query<{ channel: string; address: string; reason: string; at: number }>(
    'select channel, address, reason, at from suppressions where address = any($1::text[]) order by at desc',
    [addresses],
  )
  return rows
}

interface RunRow {
  [key: string]: unknown
  readonly journey_id: string
  readonly version: number
  readonly step: string
  readonly step_name: string | null
  readonly entered_at: number
  readonly since: number
  readonly wakes_at: number | null
}

async function readRuns(db: Db, id: string): Promise<RunRow[]> {
  const { rows } = await db.query<RunRow>(
    `select r.journey_id, r.version, r.step, d.body -> 'steps' -> r.step ->> 'name' as step_name, r.entered_at, r.since, r.wakes_at
     from runs r left join definitions d on d.kind = 'journey' and d.id = r.journey_id and d.version = r.version
     where r.shard = $1::smallint and r.profile_id = $2::uuid order by r.entered_at desc, r.run_id`,
    [shardOf(id), id],
  )
  return rows
}

async function readMerges(db: Db, ids: readonly string[]): Promise<PersonDetail['merges']> {
  const { rows } = await db.query<{ id: string; loser: string; at: number; reason: string; undone_at: number | null }>(
    'select id, loser, at, reason, undone_at from merges where winner = any($1::uuid[]) order by at desc, id',
    [ids],
  )
  return rows.map(({ id, loser, at, reason, undone_at }) => ({ id, loser, at, reason, undoneAt: undone_at }))
}
