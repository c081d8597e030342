import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Pull, PullRun, PullState } from '@throughline/contracts'
import { CallError, callServer } from './api-client.ts'
import { show } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

interface Options extends ServerOptions {
  readonly wait?: boolean
}

/** `throughline connector pull …`: files that are fetched by a schedule. */
export function addPullCommands(program: Command): void {
  const group = program.command('pull').description('Files that are fetched by a schedule')
  withServer(group.command('list').description('Show all pulls, how they stand and when they run next')).action(
    async (options: Options) => {
      const { items } = await callServer(serverOf(options), 'pulls', {})
      show(options.json, items, () =>
        items.length === 0 ? ['There are no pulls yet. The console adds one under Imports, Pulls.'] : items.flatMap(describePull),
      )
    },
  )
  withServer(group.command('runs <pull>').description('Show what came of the latest runs')).action(async (id: string, options: Options) => {
    const { items } = await callServer(serverOf(options), 'pullRuns', { params: { id }, query: { limit: 20 } })
    show(options.json, items, () => (items.length === 0 ? ['It has not run yet.'] : items.map(describeRun)))
  })
  withServer(group.command('run <pull>').description('Fetch now'))
    .option('--wait', 'Wait for what comes of it, and fail when it fails')
    .action(run)
  for (const [word, route, done] of verbs)
    withServer(group.command(`${word} <pull>`).description(done.about)).action(async (id: string, options: Options) => {
      const answer = await callServer(serverOf(options), route, { params: { id } })
      show(options.json, answer, () => [done.said])
    })
}

const verbs = [
  ['pause', 'pausePull', { about: 'Fetch nothing until it is resumed', said: 'It rests until it is resumed.' }],
  ['resume', 'resumePull', { about: 'Fetch again by the schedule', said: 'It runs by its schedule again.' }],
  ['remove', 'deletePull', { about: 'Remove a pull; what it brought in stays', said: 'It is removed; what it brought in stays.' }],
] as const

async function run(id: string, options: Options): Promise<void> {
  const server = serverOf(options)
  const latest = async (): Promise<PullRun | undefined> =>
    (await callServer(server, 'pullRuns', { params: { id }, query: { limit: 1 } })).items[0]
  const before = await latest()
  const asked = await callServer(server, 'runPull', { params: { id } })
  if (options.wait !== true) return show(options.json, asked, () => ['It fetches now.'])
  for (;;) {
    const [now, { state }] = [await latest(), await callServer(server, 'pull', { params: { id } })]
    if (now !== undefined && now.id !== before?.id && state !== 'working' && state !== 'importing') {
      if (now.outcome === 'failed') throw new CallError(now.error?.message ?? 'The pull failed.')
      if (now.importState === 'failed')
        throw new CallError(`The file came, but its import ${now.import} failed; its page in the console says why.`)
      return show(options.json, now, () => [describeRun(now)])
    }
    await sleep(500)
  }
}

const states: { readonly [S in PullState]: string } = {
  working: 'fetching',
  'to-map': 'waits for its columns to be mapped',
  importing: 'importing',
  waiting: 'waiting',
  failing: 'failing',
  paused: 'paused',
}

const timeOf = (at: number | null): string => (at === null ? 'not planned' : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'))

function describePull({ id, name, kind, state, nextAt, error }: Pull): string[] {
  const line = `${id}  ${kind.padEnd(12)}  ${states[state].padEnd(10)}  next ${timeOf(nextAt).padEnd(20)}  ${name}`
  return error === null ? [line] : [line, `  ${error.message}`]
}

function describeRun({ at, outcome, file, error, import: id }: PullRun): string {
  const more = error?.message ?? [file, id === null ? null : `import ${id}`].filter((part) => part !== null).join(', ')
  return `${timeOf(at)}  ${outcome.padEnd(9)}  ${more}`.trimEnd()
}
