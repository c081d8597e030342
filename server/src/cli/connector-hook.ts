import type { Command } from 'commander'
import type { Hook } from '@throughline/contracts'
import { callServer } from './api-client.ts'
import { show } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

/** `throughline connector hook …`: addresses that other systems call. */
export function addHookCommands(program: Command): void {
  const group = program.command('hook').description('Incoming webhooks: addresses that other systems call')
  withServer(group.command('list').description('Show all incoming webhooks with their addresses')).action(
    async (options: ServerOptions) => {
      const server = serverOf(options)
      const { items } = await callServer(server, 'hooks', {})
      show(options.json, items, () =>
        items.length === 0
          ? ['There are no incoming webhooks yet. The console adds one under Imports, Webhooks.']
          : items.flatMap(describeHook),
      )
    },
  )
  withServer(group.command('bodies <hook>').description('Show the latest bodies that came')).action(
    async (id: string, options: ServerOptions) => {
      const { items } = await callServer(serverOf(options), 'hookBodies', { params: { id } })
      show(options.json, items, () =>
        items.length === 0
          ? ['Nothing has come yet.']
          : items.flatMap(({ at, outcome, note, body }) => [
              `${timeOf(at)}  ${outcome.padEnd(8)}  ${body}`,
              ...(note === null ? [] : [`  ${note}`]),
            ]),
      )
    },
  )
  for (const [word, state, about, said] of states)
    withServer(group.command(`${word} <hook>`).description(about)).action(async (id: string, options: ServerOptions) => {
      const answer = await callServer(serverOf(options), 'setHookState', { params: { id }, body: { state } })
      show(options.json, answer, () => [said])
    })
  withServer(group.command('remove <hook>').description('Remove an incoming webhook; what it brought in stays')).action(
    async (id: string, options: ServerOptions) => {
      const answer = await callServer(serverOf(options), 'deleteHook', { params: { id } })
      show(options.json, answer, () => ['It is removed; what it brought in stays.'])
    },
  )
}

const states = [
  ['on', 'on', 'Take in what it is told', 'It takes in what it is told.'],
  ['pause', 'paused', 'Ask its sender to come again later', 'It is paused; its sender is asked to come again.'],
] as const

const timeOf = (at: number | null): string => (at === null ? 'never' : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'))

function describeHook({ id, name, kind, state, path, lastAt }: Hook): string[] {
  return [`${id}  ${kind.padEnd(8)}  ${state.padEnd(9)}  last ${timeOf(lastAt).padEnd(20)}  ${name}`, `  POST ${path}`]
}
