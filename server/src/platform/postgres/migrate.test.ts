import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { dumpSchema, makePool, migrate, type Migration } from './index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase({ empty: true })
})
afterAll(() => database.drop())

const one: Migration = { version: 1, name: '0001_one', sql: 'create table one (id int primary key)', digest: 'a' }
const two: Migration = { version: 2, name: '0002_two', sql: 'create table two (id int)', digest: 'b' }

describe('migrate', () => {
  it('runs each migration once, however many programs start at the same time', async () => {
    const pools = [1, 2, 3].map(() => makePool(database.url, { max: 1 }))
    const results = await Promise.all(pools.map((pool) => migrate(pool, [one])))
    await Promise.all(pools.map((pool) => pool.end()))
    expect(results.map((result) => result.applied.length).sort()).toEqual([0, 0, 1])
    expect(await migrate(database.pool, [one, two])).toEqual({ applied: [2], version: 2 })
  })

  it('refuses a schema of a later release', async () => {
    await expect(migrate(database.pool, [one])).rejects.toMatchObject({
      code: 'schema_newer',
      message: expect.stringContaining('version 2'),
    })
  })

  it('refuses a migration whose text was changed after it was run', async () => {
    await expect(migrate(database.pool, [one, { ...two, digest: 'c' }])).rejects.toMatchObject({ code: 'migration_changed' })
  })

  it('rolls a failing migration back whole and names it', async () => {
    const broken: Migration = { version: 3, name: '0003_broken', sql: 'create table three (id int); select 1/0', digest: 'd' }
    await expect(migrate(database.pool, [one, two, broken])).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringContaining('0003_broken'),
    })
    expect((await database.pool.query(`select to_regclass('three') as found`)).rows).toEqual([{ found: null }])
  })
})

describe('the schema dump', () => {
  it('makes the same schema when it is run on an empty database', async () => {
    const full = await makeTestDatabase()
    const copy = await makeTestDatabase({ empty: true })
    try {
      const dump = await dumpSchema(full.pool)
      expect(dump).toContain('create table profiles')
      await copy.pool.query(dump)
      expect(await dumpSchema(copy.pool)).toBe(dump)
    } finally {
      await full.drop()
      await copy.drop()
    }
  })
})

describe('tables that are written with each message', () => {
  // One column with a larger sample is enough for the whole table to be sampled so.
  it('have statistics of few rows, whichever column was added last', async () => {
    const full = await makeTestDatabase()
    try {
      const { rows } = await full.pool.query<{ place: string; column: string }>(
        `select attrelid::regclass::text as place, attname as column from pg_attribute
         where attrelid in ('messages'::regclass, 'message_contents'::regclass, 'profiles'::regclass) and attnum > 0 and not attisdropped
           and attstattarget is distinct from 10`,
      )
      expect(rows).toEqual([])
    } finally {
      await full.drop()
    }
  })
})
