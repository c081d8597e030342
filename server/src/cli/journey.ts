import type { JourneyState } from '@throughline/contracts'
import { callServer } from './api-client.ts'
import { show, type CliCommand } from './command.ts'
import { addJourneyPeople } from './journey-people.ts'
import { addJourneyTest } from './journey-test.ts'
import { addReadyMade } from './ready-made.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

const verbs: readonly { readonly verb: string; readonly state: JourneyState; readonly about: string; readonly done: string }[] = [
  {
    verb: 'pause',
    state: 'paused',
    about: 'Let nobody in, and those inside stand still',
    done: 'is paused: nobody comes in, and those inside stand still',
  },
  {
    verb: 'drain',
    state: 'draining',
    about: 'Let nobody in, and those inside finish',
    done: 'is draining: nobody comes in, and those inside finish',
  },
  { verb: 'resume', state: 'live', about: 'Let people in again; those who stood still go on', done: 'is live' },
  { verb: 'stop', state: 'stopped', about: 'Take everybody out', done: 'is stopped: everybody in it leaves' },
  {
    verb: 'archive',
    state: 'archived',
    about: 'Take everybody out, and the journey out of sight',
    done: 'is archived: everybody in it leaves',
  },
]

/** `throughline journey …`: what journeys there are, and how they stand. */
export const journey: CliCommand = {
  add(program) {
    const group = program.command('journey').description('Journeys; `apply` publishes them from files')
    withServer(group.command('all').description('Show all journeys, how they stand, and how many are in them')).action(
      async (options: ServerOptions) => {
        const { items } = await callServer(serverOf(options), 'journeys', {})
        show(options.json, items, () =>
          items.length === 0
            ? ['There are no journeys yet.']
            : items.map(
                ({ id, state, inside, name }) => `${id.padEnd(28)}  ${state.padEnd(8)}  ${String(inside).padStart(9)} inside  ${name}`,
              ),
        )
      },
    )
    addReadyMade(group)
    for (const { verb, state, about, done } of verbs) {
      withServer(group.command(`${verb} <id>`).description(about)).action(async (id: string, options: ServerOptions) => {
        const { before } = await callServer(serverOf(options), 'setJourneyState', { params: { id }, body: { state } })
        show(options.json, { id, state, before }, () => [before === state ? `${id} ${done}, as it was.` : `${id} ${done}.`])
      })
    }
    addJourneyPeople(group)
    addJourneyTest(group)
    withServer(group.command('brief <id>').description('What a journey answers to the seventeen questions, as Markdown'))
      .option('--draft', 'Of its draft, not of what is published')
      .action(async (id: string, { draft, ...options }: ServerOptions & { readonly draft?: boolean }) => {
        const brief = await callServer(serverOf(options), 'journeyBrief', {
          params: { id },
          query: draft === true ? { of: 'draft' } : {},
        })
        show(options.json, brief, () => [brief.markdown.trimEnd()])
      })
    withServer(
      group.command('undo <id>').description('Publish the version before the latest one again; those inside finish on theirs'),
    ).action(async (id: string, options: ServerOptions) => {
      const server = serverOf(options)
      const { version: onto } = await callServer(server, 'journey', { params: { id }, query: {} })
      const { version, of } = await callServer(server, 'undoJourney', { params: { id }, body: { onto } })
      show(options.json, { id, version, of }, () => [
        `${id} is as it was in version ${of}, as version ${version}. Those inside finish on theirs.`,
      ])
    })
  },
}
