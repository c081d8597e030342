import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PostgresError } from './errors.ts'
import type { Pool, PoolClient } from './pool.ts'
import { withClient } from './transaction.ts'

export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
  /** SHA-256 of the text, so that a file changed after it was run is noticed. */
  readonly digest: string
}

const FOLDER = fileURLToPath(new URL('./migrations/', import.meta.url))
// Any number that no other user of the database takes: the letters "thro".
const LOCK = 0x7468_726f

/** The migrations shipped with this release, by number. Files are named `0001_name.sql`. */
export function findMigrations(folder: string = FOLDER): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  let last = 0
  return names.map((name) => {
    const version = Number(/^(\d{4})_[a-z0-9_-]+\.sql$/.exec(name)?.[1])
    // A number may be left out: several people write migrations at a time, each under the numbers given to them.
    if (!(version > last))
      throw new Error(`Migration ${name}: expected a number of its own above ${String(last).padStart(4, '0')}, as in 0042_name.sql`)
    last = version
    const sql = readFileSync(join(folder, name), 'utf8')
    return { version, name: name.slice(0, -4), sql, digest: createHash('sha256').update(sql).digest('hex') }
  })
}

/**
 * Brings the schema to this release: runs what is missing, each file in a transaction of its own, one program at a
 * time (the others wait). A second run changes nothing.
 * @returns the versions that were run now, and the version that stands
 * @throws PostgresError `schema_newer` when a later release has been here, `migration_changed`, `migration_failed`
 */
export async function migrate(pool: Pool, migrations: Migration[] = findMigrations()): Promise<{ applied: number[]; version: number }> {
  return withClient(pool, async (client) => {
    await client.query('select pg_advisory_lock($1::bigint)', [LOCK])
    try {
      return await runMissing(client, migrations)
    } finally {
      await client.query('select pg_advisory_unlock($1::bigint)', [LOCK]).catch(() => undefined)
    }
  })
}

async function runMissing(client: PoolClient, migrations: Migration[]): Promise<{ applied: number[]; version: number }> {
  await client.query(`create table if not exists schema_migrations (
    version integer primary key,
    name text not null,
    digest text not null,
    applied_at timestamptz(3) not null default now()
  )`)
  const { rows } = await client.query<{ version: number; name: string; digest: string }>(
    'select version, name, digest from schema_migrations order by version',
  )
  const newest = migrations.at(-1)?.version ?? 0
  const standing = rows.at(-1)?.version ?? 0
  if (standing > newest) {
    throw new PostgresError(
      'schema_newer',
      `The database has schema version ${standing}, and this release knows versions up to ${newest}. Start the newer release, or restore a backup made before it.`,
    )
  }
  const applied: number[] = []
  for (const migration of migrations) {
    const done = rows.find((row) => row.version === migration.version)
    if (!done) {
      await runOne(client, migration)
      applied.push(migration.version)
    } else if (done.digest !== migration.digest) {
      throw new PostgresError(
        'migration_changed',
        `Migration ${migration.name} was run on this database with another text (${done.name}). Migrations are never changed; add a new one.`,
      )
    }
  }
  return { applied, version: newest }
}

async function runOne(client: PoolClient, migration: Migration): Promise<void> {
  try {
    await client.query('begin')
    await client.query(migration.sql)
    await client.query('insert into schema_migrations (version, name, digest) values ($1::int, $2::text, $3::text)', [
      migration.version,
      migration.name,
      migration.digest,
    ])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw new PostgresError('migration_failed', `Migration ${migration.name} failed and was rolled back: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
