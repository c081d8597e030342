import { afterAll, beforeAll, expect, test } from 'vitest'
import { settings } from '../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import type { HandlerRequest } from '../platform/http/index.ts'
import { makeTemplateHandlers } from './index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
  const publish = (version: number, body: object): Promise<unknown> =>
    database.pool.query(
      `insert into definitions (kind, id, version, epoch, body, published_by) values ('template', $1::text, $2::integer, 1, $3::jsonb, 'test')`,
      [(body as { id: string }).id, version, JSON.stringify({ kind: 'template', name: 'Sale', ...body })],
    )
  const sale = { id: 'sale', channel: 'email', subject: 'Old', html: '<p>Old</p>' }
  await publish(1, sale)
  await publish(2, { ...sale, subject: 'Dear {{ profile.first_name | default: "friend" }}', html: '<p>{{ event.properties.code }}</p>' })
  await publish(1, { id: 'note', channel: 'inbox', title: 'Sale', body: 'Hi {{ profile.first_name }}', url: '{{ shop.baseUrl }}/sale' })
})
afterAll(() => database.drop())

test('a template reads in its latest version as somebody with these traits would read it, and says what is missing when there is none', async () => {
  const handlers = makeTemplateHandlers({ pool: database.pool, settings: async () => settings })
  const preview = (id: string, body: HandlerRequest<'previewTemplate'>['body']) =>
    handlers.previewTemplate({ params: { id }, body } as HandlerRequest<'previewTemplate'>)
  expect(await preview('sale', { traits: {}, properties: { code: 'A&B' } })).toMatchObject({
    version: 2,
    title: 'Dear friend',
    html: '<p>A&amp;B</p>',
    text: 'A&B',
  })
  expect(await preview('note', { traits: { first_name: 'Noor' }, properties: {} })).toEqual({
    channel: 'inbox',
    version: 1,
    title: 'Sale',
    html: null,
    text: 'Hi Noor',
    url: `${settings.baseUrl}/sale`,
  })
  await expect(preview('none', { traits: {}, properties: {} })).rejects.toMatchObject({ code: 'template_unknown' })
})
