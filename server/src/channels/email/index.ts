import type { Channel } from '../port.ts'
import { normaliseEmail } from './address.ts'
import { composeEmail, senderOf } from './compose.ts'
import { mailbox } from './mime.ts'
import { makeSmtpProvider } from './smtp.ts'

/** E-mail. Needs a provider; until there is one its messages go to the sandbox. */
export const emailChannel: Channel<'email'> = {
  kind: 'email',
  label: 'e-mail',
  addressOf(person) {
    const email = person.traits['email']
    return typeof email === 'string' ? normaliseEmail(email) : null
  },
  providers: { smtp: (config, secrets) => makeSmtpProvider(config, secrets) },
  builtIn: null,
  compose: async (draft, deps) => composeEmail(draft, deps),
  subjectOf: (content) => content.subject,
  testMessage(_to, config, settings) {
    const sender = senderOf(config?.kind === 'smtp' ? config : null, settings)
    const text = `This is a test message of ${settings.name}. If you can read it, e-mail works.`
    return {
      channel: 'email',
      from: mailbox(sender.address, sender.name),
      subject: `Test message of ${settings.name}`,
      html: `<!doctype html><html><body><p>${text.replace(/[&<>]/g, '')}</p></body></html>`,
      text,
      headers: {},
    }
  },
}
