import type { Command } from 'commander'
import { callServer, CallError, type Server } from './api-client.ts'
import { show } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

interface Options extends ServerOptions {
  readonly ofVersion?: string
  readonly step?: string
  readonly search?: string
  readonly person?: string[]
  readonly to?: string
  readonly toVersion?: string
  readonly key?: string
}

/** `throughline journey people|move|remove ID …`: who stands where, and taking them elsewhere. */
export function addJourneyPeople(group: Command): void {
  withServer(group.command('people <id>').description('Who is in a journey: at which step, since when, and when they go on'))
    .option('--step <step>', 'Only those at this step')
    .option('--of-version <version>', 'Only those on this version')
    .option('--search <text>', 'Only those whom this finds: the beginning of an address or id, or part of a name')
    .action(async (id: string, options: Options) => {
      const { items, next } = await callServer(serverOf(options), 'journeyPeople', {
        params: { id },
        query: { step: options.step, version: options.ofVersion, search: options.search, limit: 200 },
      })
      show(options.json, { items, next }, () =>
        items.length === 0
          ? ['Nobody stands there now.']
          : [
              ...items.map(
                ({ person, step, version, since, wakesAt }) =>
                  `${(person.email ?? person.name ?? person.id).padEnd(38)}  v${version} ${step.padEnd(20)}  since ${stamp(since)}${wakesAt === null ? '' : `, goes on ${stamp(wakesAt)}`}`,
              ),
              ...(next === null ? [] : ['… and more; --step, --of-version and --search show fewer.']),
            ],
      )
    })
  withWho(group.command('move <id>').description('Move people from a step of a journey to another, where they arrive anew'))
    .requiredOption('--to <step>', 'The step to which they go')
    .option('--to-version <version>', 'The version of that step; left out, the same')
    .action(async (id: string, options: Options) => {
      const server = serverOf(options)
      const who = await whoOf(server, id, options)
      const to = { step: options.to ?? '', ...(options.toVersion !== undefined && { version: Number(options.toVersion) }) }
      const answer = await callServer(server, 'moveJourneyPeople', { params: { id }, body: { ...who, to } })
      show(options.json, answer, () => [
        answer.outcome === 'repeated' ? 'This was asked before; nothing happens again.' : `${peopleOf(answer.people)} to "${to.step}".`,
      ])
    })
  withWho(group.command('remove <id>').description('Take people out of a journey; what they were about to be told is called back')).action(
    async (id: string, options: Options) => {
      const server = serverOf(options)
      const answer = await callServer(server, 'removeJourneyPeople', { params: { id }, body: await whoOf(server, id, options) })
      show(options.json, answer, () => [
        answer.outcome === 'repeated' ? 'This was asked before; nothing happens again.' : `${peopleOf(answer.people)} out of ${id}.`,
      ])
    },
  )
}

function withWho(command: Command): Command {
  return withServer(command)
    .requiredOption('--step <step>', 'The step at which they stand')
    .option('--of-version <version>', 'The version on which they are; left out, the latest')
    .option('--person <who...>', 'Only these, by e-mail address, phone number or id; left out, everybody at the step')
    .option('--key <key>', 'Asked again with the same key, nothing happens again')
}

async function whoOf(server: Server, id: string, { step = '', ofVersion, person, key }: Options) {
  const of = ofVersion === undefined ? (await callServer(server, 'journey', { params: { id }, query: {} })).version : Number(ofVersion)
  const who = { version: of, step, ...(key !== undefined && { key }) }
  if (person === undefined) return who
  const runs: string[] = []
  for (const search of person) {
    const { items } = await callServer(server, 'journeyPeople', { params: { id }, query: { step, version: of, search, limit: 200 } })
    const [first] = items
    if (first === undefined)
      throw new CallError(`Nobody at "${step}" in version ${of} of ${id} is found by "${search}". Nothing was changed.`)
    if (items.some((one) => one.person.id !== first.person.id))
      throw new CallError(`"${search}" finds more than one person at "${step}". Name a whole address or an id; nothing was changed.`)
    runs.push(...items.map(({ run }) => run))
  }
  return { ...who, runs }
}

const peopleOf = (people: number): string => (people === 1 ? '1 person goes' : `${people} people go`)

const stamp = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')
