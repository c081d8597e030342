import type { Account, Role } from '@throughline/contracts'
import { CallError, callServer, type Server } from './api-client.ts'
import { show, type CliCommand } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

/** `throughline account …`: who can sign in. */
export const account: CliCommand = {
  add(program) {
    const group = program.command('account').description('Accounts: who can sign in to the console')
    withServer(group.command('all').description('Show all accounts')).action(async (options: ServerOptions) => {
      const { items } = await callServer(serverOf(options), 'accounts', {})
      show(options.json, items, () => items.map(describe))
    })
    withServer(group.command('add <address>').description('Add an account and print a link that signs its owner in once'))
      .option('--role <role>', 'viewer, editor or admin', 'editor')
      .action(async (email: string, options: ServerOptions & { readonly role: string }) => {
        const made = await callServer(serverOf(options), 'createAccount', { body: { email, role: options.role as Role } })
        show(options.json, made, () => [describe(made), ...linkLines(made.link)])
      })
    withServer(
      group
        .command('role <address> <role>')
        .description('Let somebody do more, or less: viewer, editor or admin; with less they are signed out'),
    ).action(async (email: string, role: string, options: ServerOptions) => {
      const server = serverOf(options)
      const changed = await callServer(server, 'setAccountRole', {
        params: { id: await idOf(server, email) },
        body: { role: role as Role },
      })
      show(options.json, changed, () => [describe(changed)])
    })
    withServer(group.command('link <address>').description('Print a new link that signs the owner of an account in once')).action(
      async (email: string, options: ServerOptions) => {
        const server = serverOf(options)
        const { link } = await callServer(server, 'linkAccount', { params: { id: await idOf(server, email) } })
        show(options.json, { link }, () => linkLines(link))
      },
    )
    withServer(group.command('remove <address>').description('Remove an account; its sessions end at once')).action(
      async (email: string, options: ServerOptions) => {
        const server = serverOf(options)
        const answer = await callServer(server, 'deleteAccount', { params: { id: await idOf(server, email) } })
        show(options.json, answer, () => [`The account of ${email} is removed.`])
      },
    )
  },
}

async function idOf(server: Server, email: string): Promise<string> {
  const { items } = await callServer(server, 'accounts', {})
  const found = items.find((one) => one.email === email.trim().toLowerCase())
  if (found === undefined) throw new CallError(`There is no account of ${email}. \`throughline account all\` lists them.`)
  return found.id
}

const describe = ({ email, role, hasPassword }: Account): string =>
  `${email.padEnd(40)}  ${role.padEnd(6)}  ${hasPassword ? 'has a password' : 'signs in by a link'}`

const linkLines = (link: string): string[] => ['Within 30 minutes this signs them in once; they choose a password then:', link]
