import type { List, PersonRef, RouteResponse } from '@throughline/contracts'
import { listCallLimit } from '@throughline/contracts'
import { CallError, callServer, type Server } from './api-client.ts'
import { show, type CliCommand } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

interface Options extends ServerOptions {
  readonly create?: boolean
}

/** `throughline list …`: lists that people are put into. */
export const list: CliCommand = {
  add(program) {
    const group = program.command('list').description('Lists that people are put into')
    withServer(group.command('all').description('Show all lists with their size')).action(async (options: Options) => {
      const { items } = await callServer(serverOf(options), 'lists', { query: {} })
      show(options.json, items, () => (items.length === 0 ? ['There are no lists yet.'] : items.map(describeList)))
    })
    withServer(group.command('create <name>').description('Make a list')).action(async (name: string, options: Options) => {
      const made = await callServer(serverOf(options), 'createList', { body: { name } })
      show(options.json, made, () => [describeList(made)])
    })
    withServer(group.command('add <list> <who...>').description('Add people by e-mail address, +phone, profile id or user id'))
      .option('--create', 'Make a profile for whom nobody knows yet')
      .action(async (id: string, who: string[], options: Options) => {
        await change(serverOf(options), 'addListMembers', id, who, options)
      })
    withServer(
      group.command('remove <list> <who...>').description('Remove people by e-mail address, +phone, profile id or user id'),
    ).action(async (id: string, who: string[], options: Options) => {
      await change(serverOf(options), 'removeListMembers', id, who, options)
    })
  },
}

const describeList = ({ id, name, members }: List): string => `${id.padEnd(28)}  ${String(members).padStart(9)}  ${name}`

async function change(
  server: Server,
  route: 'addListMembers' | 'removeListMembers',
  id: string,
  who: readonly string[],
  options: Options,
): Promise<void> {
  if (who.length > listCallLimit)
    throw new CallError(`${who.length} people are named; at most ${listCallLimit} at once. A file of them is imported.`)
  const people = who.map(refOf)
  const answer =
    route === 'addListMembers'
      ? await callServer(server, route, { params: { id }, body: { people, create: options.create === true } })
      : await callServer(server, route, { params: { id }, body: { people } })
  show(options.json, answer, () => describeChange(answer, route === 'addListMembers'))
}

/** Whom a word of the command line means. */
function refOf(word: string): PersonRef {
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(word)) return { id: word }
  if (word.includes('@')) return { email: word }
  return word.startsWith('+') ? { phone: word } : { userId: word }
}

function describeChange({ changed, unchanged, unknown }: RouteResponse<'addListMembers'>, joined: boolean): string[] {
  return [
    `${changed} ${joined ? 'joined' : 'left'}${unchanged > 0 ? `, ${unchanged} ${joined ? 'were in it already' : 'were not in it'}` : ''}.`,
    ...unknown.map(({ reason }) => `Not ${joined ? 'added' : 'removed'}: ${reason}`),
  ]
}
