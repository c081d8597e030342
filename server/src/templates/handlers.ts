import { templateSchema, type ChannelKind, type JsonObject, type Settings, type TemplatePreview } from '@throughline/contracts'
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

/** What a template says to somebody, as they would read it. Nothing is sent, and its links lead nowhere. */
type PreviewTemplate = (of: {
  readonly channel: ChannelKind
  readonly template: string
  readonly version: number
  readonly profileId: string
  readonly traits: JsonObject
  /** `{ event, journey }`, as they would be stored with the message. */
  readonly variables: JsonObject
}) => Promise<Pick<TemplatePreview, 'title' | 'html' | 'text' | 'url'>>

/** Writes templates for whom nothing is sent to. @throws TemplateError when it cannot be written for them */
export function makeTemplatePreview({ pool, settings }: TemplateDeps): PreviewTemplate {
  const store = makeTemplateStore(pool)
  return async ({ channel, template, version, profileId, traits, variables }) => {
    const shop = await settings()
    // Leads nowhere: a preview unsubscribes nobody.
    const from = { profileId, traits, message: variables, settings: shop, unsubscribeUrl: `${shop.baseUrl}/u/preview` }
    return wordsOf((await store.load(channel, template, version)).render(makeVariables(from), renderOptionsOf(from)))
  }
}

/** Handlers of templates: how one reads for somebody, before anybody gets it. */
export function makeTemplateHandlers({ pool, settings }: TemplateDeps) {
  const preview = makeTemplatePreview({ pool, settings })
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
      const { version } = found
      const variables = { event: { name: '', properties: body.properties } }
      return {
        channel,
        version,
        ...(await preview({ channel, template: params.id, version, profileId: '', traits: body.traits, variables })),
      }
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
