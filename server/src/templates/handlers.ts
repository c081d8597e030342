import { templateSchema, type Settings, type TemplatePreview } from '@throughline/contracts'
import type { Handlers } from '../platform/http/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { TemplateError } from './errors.ts'
import type { Rendered } from './rendered.ts'
import { makeTemplateStore } from './store.ts'
import { makeVariables, renderOptionsOf } from './variables.ts'

interface TemplateDeps {
  readonly pool: Db
  readonly settings: () => Promise<Settings>
}

/** Handlers of templates: how one reads for somebody, before anybody gets it. */
export function makeTemplateHandlers({ pool, settings }: TemplateDeps) {
  const store = makeTemplateStore(pool)
  return {
    async previewTemplate({ params, body }) {
      const { rows } = await pool.query<{ version: number; body: unknown }>(
        `select version, body from definitions where kind = 'template' and id = $1::text order by version desc limit 1`,
        [params.id],
      )
      const found = rows[0]
      if (found === undefined)
        throw new TemplateError('not-found', 'template_unknown', `There is no template "${params.id}".`, { field: 'id', value: params.id })
      const { channel } = templateSchema.parse(found.body)
      const template = await store.load(channel, params.id, found.version)
      const shop = await settings()
      const from = {
        profileId: '',
        traits: body.traits,
        message: { event: { name: '', properties: body.properties } },
        settings: shop,
        // Leads nowhere: a preview unsubscribes nobody.
        unsubscribeUrl: `${shop.baseUrl}/u/preview`,
      }
      return { channel, version: found.version, ...wordsOf(template.render(makeVariables(from), renderOptionsOf(from))) }
    },
  } satisfies Handlers<'previewTemplate'>
}

function wordsOf(rendered: Rendered): Pick<TemplatePreview, 'title' | 'html' | 'text' | 'url'> {
  switch (rendered.channel) {
    case 'email':
      return { title: rendered.subject, html: rendered.html, text: rendered.text, url: null }
    case 'webhook':
      return { title: `${rendered.method} ${rendered.url}`, html: null, text: rendered.body, url: null }
    default:
      return { title: rendered.title, html: null, text: rendered.body, url: rendered.url }
  }
}
