import type { Form } from '@throughline/contracts'
import { callServer } from './api-client.ts'
import { show, type CliCommand } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

/** `throughline form …`: forms that pages of the shop hold. `throughline apply` makes and changes them. */
export const form: CliCommand = {
  add(program) {
    const group = program.command('form').description('Forms that pages of the shop hold, and what came of them')
    withServer(group.command('all').description('Show all forms, how often they were submitted, and how many have confirmed')).action(
      async (options: ServerOptions) => {
        const { items } = await callServer(serverOf(options), 'forms', { query: {} })
        show(options.json, items, () => (items.length === 0 ? ['There are no forms yet.'] : items.map(describeForm)))
      },
    )
    withServer(group.command('html <form>').description('Write the HTML that a page of the shop holds for a form')).action(
      async (id: string, options: ServerOptions) => {
        const found = await callServer(serverOf(options), 'form', { params: { id } })
        show(options.json, { html: found.html }, () => [found.html])
      },
    )
  },
}

function describeForm({ id, name, submissions, asked, confirmed }: Form): string {
  const share = asked === 0 ? '' : `  ${String(confirmed).padStart(7)} of ${asked} confirmed`
  return `${id.padEnd(28)}  ${String(submissions).padStart(9)} submitted${share}  ${name}`
}
