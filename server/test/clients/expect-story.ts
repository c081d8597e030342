import { expect } from 'vitest'
import type { IngestServer } from '../ingest-server.ts'

/**
 * What every client is asked to tell: an anonymous visitor looks at a product, says who they are, buys, joins a group,
 * and is known under another id. The inbox must hold each event once, all with one profile, under the right names.
 */
export async function expectStory(
  server: IngestServer,
  expected: readonly { readonly name: string; readonly properties?: Record<string, unknown> }[],
): Promise<void> {
  const told = async () => (await server.inbox()).filter(({ type }) => type !== 'control')
  await expect.poll(async () => (await told()).length).toBeGreaterThanOrEqual(expected.length)
  const rows = await told()
  expect(rows.map(({ name }) => name).sort()).toEqual(expected.map(({ name }) => name).sort())
  for (const { name, properties } of expected) {
    if (!properties) continue
    const row = rows.find((one) => one.name === name)
    expect(JSON.parse(row!.properties)).toMatchObject(properties)
  }
  expect(new Set(rows.map(({ profile_id }) => profile_id)).size).toBe(1)
  const now = Date.now()
  for (const { occurred_at } of rows) expect(Math.abs(now - occurred_at)).toBeLessThan(120_000)
  expect((await server.pool.query('select from rejected_events')).rowCount).toBe(0)
}
