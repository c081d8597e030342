import { shardCount, shardOf, valueAt, type AdAudienceCounts, type Json, type JsonObject, type Settings } from '@throughline/contracts'
import { addressFor, isAgreed, type ProfileState } from '@throughline/engine'
import { readConsentsOf, readPermissions, type Permission } from '../consent/index.ts'
import { binary, type Db } from '../platform/postgres/index.ts'
import { csvCell } from '../platform/text/index.ts'
import { platforms, type Known } from './keys.ts'
import type { Audience } from './store.ts'

export interface ReadDeps {
  readonly pool: Db
  readonly unpack: (id: string, createdAt: number, row: { readonly traits: Buffer; readonly state: Buffer }) => ProfileState
  readonly settings: () => Promise<Settings>
}

/** Profiles that are in memory at a time. */
const PAGE = 500
const FIRST = '00000000-0000-0000-0000-000000000000'
const CHANNEL = 'ad-audience'

interface Row {
  readonly [column: string]: unknown
  readonly id: string
  readonly created_at: number
  readonly traits: Buffer
  readonly state: Buffer
}

// Somebody who is being forgotten has a row until their worker has come to it.
const EVERYBODY = `
select id, created_at, traits, state from profiles p where shard = $1::smallint and id > $2::uuid and merged_into is null
  and not exists (select from forgotten_profiles f where f.profile_id = p.id)
order by id limit ${PAGE}`

const MEMBERS = `
select m.person from list_members m where m.list_id = $1::text and m.person > $2::uuid and m.current and m.member order by m.person limit ${PAGE}`
const PROFILES = `
select p.id, p.created_at, p.traits, p.state from unnest($1::smallint[], $2::uuid[]) as k (shard, id)
join profiles p on p.shard = k.shard and p.id = k.id and p.merged_into is null
where not exists (select from forgotten_profiles f where f.profile_id = p.id) order by p.id`

/** Who is in an audience, a page at a time. */
async function* readPages({ pool, unpack }: ReadDeps, audience: Audience): AsyncIterable<readonly ProfileState[]> {
  const open = (rows: readonly Row[]): ProfileState[] => rows.map((row) => unpack(row.id, row.created_at, row))
  if (audience.list !== null) {
    for (let after = FIRST; ;) {
      const { rows } = await pool.query<{ person: string }>(MEMBERS, [audience.list, after])
      const last = rows.at(-1)
      if (last === undefined) return
      const ids = rows.map(({ person }) => person)
      yield open((await pool.query<Row>(PROFILES, [binary.int2Array(ids.map(shardOf)), binary.uuidArray(ids)])).rows)
      after = last.person
    }
  }
  for (let shard = 0; shard < shardCount; shard++)
    for (let after = FIRST; ;) {
      const { rows } = await pool.query<Row>(EVERYBODY, [shard, after])
      const last = rows.at(-1)
      if (last === undefined) break
      yield open(rows).filter(({ segments }) => segments.keys.includes(audience.segment!))
      if (rows.length < PAGE) break
      after = last.id
    }
}

/**
 * The lines of an audience in the format of its platform, the header first; whoever has not agreed is left out, and so is who has neither an e-mail
 * address nor a phone number.
 * @param done told at the end what it held; not when it breaks off
 */
export async function* writeAudience(
  deps: ReadDeps,
  audience: Audience,
  done: (counts: AdAudienceCounts) => Promise<void>,
): AsyncIterable<string> {
  const { header, line } = platforms[audience.platform]
  const settings = await deps.settings()
  const counts = { people: 0, withoutConsent: 0, withoutKey: 0, rows: 0, email: 0, phone: 0, name: 0 }
  yield `${header.join(',')}\r\n`
  for await (const people of readPages(deps, audience)) {
    counts.people += people.length
    const agreed = await findAgreed(deps.pool, people, audience.topic, settings)
    let lines = ''
    for (const person of people) {
      if (!agreed.has(person.id)) {
        counts.withoutConsent++
        continue
      }
      const known = knownOf(person)
      if (known.email === null && known.phone === null) {
        counts.withoutKey++
        continue
      }
      counts.rows++
      if (known.email !== null) counts.email++
      if (known.phone !== null) counts.phone++
      if (known.firstName !== null && known.lastName !== null) counts.name++
      lines += `${line(known).map(csvCell).join(',')}\r\n`
    }
    if (lines !== '') yield lines
  }
  await done(counts)
}

/** Who of these has agreed to ads, and to the topic where there is one, and has no address that is to get none. */
async function findAgreed(
  db: Db,
  people: readonly ProfileState[],
  topic: string | null,
  { consentDefaults }: Pick<Settings, 'consentDefaults'>,
): Promise<ReadonlySet<string>> {
  const asked = people.flatMap((person) => {
    const { email, phone } = knownOf(person)
    const addresses = [email?.toLowerCase() ?? null, phone].filter((one) => one !== null)
    return (addresses.length === 0 ? [''] : addresses).map((address) => ({
      shard: shardOf(person.id),
      profileId: person.id,
      channel: CHANNEL,
      address,
    }))
  })
  const permissions = await readPermissions(db, asked)
  const out = new Set<string>()
  permissions.forEach(({ consent, suppression }: Permission, at) => {
    if (suppression !== null || !isAgreed(consent?.state, consentDefaults[CHANNEL])) out.add(asked[at]!.profileId)
  })
  const agreed = people.filter(({ id }) => !out.has(id)).map(({ id }) => id)
  if (topic === null || agreed.length === 0) return new Set(agreed)
  const said = await readConsentsOf(
    db,
    agreed.map((id) => ({ shard: shardOf(id), profileId: id })),
  )
  return new Set(
    agreed.filter((id) => said.get(id)?.some((one) => one.channel === CHANNEL && one.topic === topic && one.state === 'granted')),
  )
}

function knownOf(profile: ProfileState): Known {
  const traits = Object.fromEntries(Object.entries(profile.traits).map(([name, [value]]): [string, Json] => [name, value]))
  const first = (...names: readonly string[]): string | null =>
    names.map((name) => textAt(traits, name)).find((one) => one !== null) ?? null
  const country = first('country', 'address.country', 'country_code')
  return {
    email: addressFor('email', profile),
    phone: addressFor('sms', profile),
    firstName: first('first_name', 'firstName'),
    lastName: first('last_name', 'lastName'),
    country: country !== null && /^[A-Za-z]{2}$/.test(country) ? country : null,
    zip: first('postal_code', 'zip', 'address.postalCode', 'address.postal_code', 'address.zip'),
  }
}

function textAt(traits: JsonObject, path: string): string | null {
  const value = traits[path] ?? valueAt(traits, path)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}
