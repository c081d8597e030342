import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeSilentLog } from '../src/platform/log/index.ts'
import { makePool, migrate, startEmbeddedPostgres } from '../src/platform/postgres/index.ts'

/** Name of the migrated database that every test database is a copy of. */
export const TEMPLATE = 'throughline_test_template'

const PROGRAMS = fileURLToPath(new URL('../../node_modules/.cache/throughline/', import.meta.url))

/** Starts the server for one run of the tests, or takes that of TEST_DATABASE_URL, and makes the template. */
export async function startTestPostgres(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL
  const server = given
    ? { url: given, stop: async () => undefined }
    : await startEmbeddedPostgres({ folder: join(folder), programs: PROGRAMS, log: makeSilentLog(), durable: false })
  try {
    await makeTemplate(server.url)
  } catch (error) {
    await server.stop()
    throw error
  }
  return server
}

async function makeTemplate(url: string): Promise<void> {
  const admin = makePool(url, { max: 1 })
  try {
    await admin.query(`drop database if exists ${TEMPLATE} with (force)`)
    await admin.query(`create database ${TEMPLATE}`)
  } finally {
    await admin.end()
  }
  const templateUrl = new URL(url)
  templateUrl.pathname = `/${TEMPLATE}`
  const template = makePool(templateUrl.href, { max: 1 })
  try {
    await migrate(template)
  } finally {
    await template.end()
  }
}
