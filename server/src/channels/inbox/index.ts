import type { Channel } from '../port.ts'
import { makeVariables, renderOptionsOf } from '../../templates/index.ts'
import { makeInboxProvider } from './store-provider.ts'

/** The notification inbox of a person, read by the shop's site or app. Needs no provider: it is here. */
export const inboxChannel: Channel<'inbox'> = {
  kind: 'inbox',
  label: 'inbox',
  addressOf: (person) => person.id,
  providers: {},
  builtIn: (deps) => makeInboxProvider(deps),
  async compose(draft, { links }) {
    const message = { profileId: draft.profileId, id: draft.id }
    const from = {
      profileId: draft.person.id,
      traits: draft.person.traits,
      message: draft.variables,
      settings: draft.settings,
      unsubscribeUrl: links.unsubscribe(draft.settings.baseUrl, message),
    }
    const rendered = draft.template.render(makeVariables(from), renderOptionsOf(from))
    const tracked = draft.tracking && rendered.url !== null && /^https?:/i.test(rendered.url) && URL.canParse(rendered.url)
    return {
      ...rendered,
      url: tracked && rendered.url !== null ? links.click(draft.settings.baseUrl, message, rendered.url) : rendered.url,
    }
  },
  subjectOf: (content) => content.title,
  testMessage: () => null,
}
