import type { Channel } from '../port.ts'
import { makeVariables, renderOptionsOf } from '../../templates/index.ts'
import { makeHttpProvider } from './http.ts'

/** A call to an address of the shop's choice. Needs a provider, which holds the signing secret; until then, the sandbox. */
export const webhookChannel: Channel<'webhook'> = {
  kind: 'webhook',
  label: 'webhook',
  addressOf: () => '',
  providers: { http: (config, secrets, deps) => makeHttpProvider(config, secrets, deps) },
  builtIn: null,
  async compose(draft, { links }) {
    const from = {
      profileId: draft.person.id,
      traits: draft.person.traits,
      message: draft.variables,
      settings: draft.settings,
      unsubscribeUrl: links.unsubscribe(draft.settings.baseUrl, { profileId: draft.profileId, id: draft.id }),
    }
    return draft.template.render(makeVariables(from), renderOptionsOf(from))
  },
  subjectOf: (content) => `${content.method} ${content.url}`,
  testMessage: (to, _config, settings) => ({
    channel: 'webhook',
    url: to,
    method: 'POST',
    headers: {},
    body: JSON.stringify({ test: true, from: settings.name }),
  }),
}
