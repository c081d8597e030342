import { durationSchema, durationToMs, type JourneyDefinition, type JsonObject, type ShownTestRun } from '@throughline/contracts'
import type { Command } from 'commander'
import { CallError, callServer } from './api-client.ts'
import { show } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

interface Options extends ServerOptions {
  readonly draft?: boolean
  readonly person?: string
  readonly traits?: string
  readonly entry?: string
  readonly with?: string
  readonly then: readonly string[]
  readonly for: string
}

/** `throughline journey test`: one person taken through a journey, in no time. */
export function addJourneyTest(group: Command): void {
  const collect = (one: string, before: readonly string[]): readonly string[] => [...before, one]
  withServer(
    group
      .command('test <id>')
      .description('Take one person through a journey in no time; nothing is sent, called or written, and nothing counts'),
  )
    .option('--draft', 'By its draft, not by what is published')
    .option('--person <id>', 'Somebody of the shop; a made-up person when left out')
    .option('--traits <json>', 'Traits of a made-up person')
    .option('--entry <number>', 'By which of its entries they come in, from 0', '0')
    .option('--with <json>', 'What the event says that starts it')
    .option('--then <happening>', 'What they do after a time: "2 days: Order Completed"; can be said several times', collect, [])
    .option('--for <time>', 'How much time passes', '90 days')
    .action(async (id: string, options: Options) => {
      const server = serverOf(options)
      const definition = await load(options, id)
      const startedAt = Date.now()
      const run = await callServer(server, 'testJourney', {
        body: {
          definition,
          person: options.person === undefined ? { traits: parseJson('--traits', options.traits), agreed: true } : { id: options.person },
          startedAt,
          entry: { index: Number(options.entry), properties: parseJson('--with', options.with) },
          happenings: options.then.map((one) => parseHappening(one, startedAt)).sort((a, b) => a.at - b.at),
          until: startedAt + parseTime('--for', options.for),
        },
      })
      show(options.json, run, () => describeTestRun(definition, run, startedAt))
    })
}

async function load(options: Options, id: string): Promise<JourneyDefinition> {
  const server = serverOf(options)
  if (options.draft !== true) return (await callServer(server, 'journey', { params: { id }, query: {} })).definition
  const { draft } = await callServer(server, 'journeyDraft', { params: { id } })
  if (draft === null) throw new CallError(`There is no draft of the journey "${id}". Leave out --draft, or begin one in the console.`)
  // The server says what is missing of an unfinished one.
  return draft.definition as JourneyDefinition
}

function parseHappening(text: string, startedAt: number): { at: number; event: string } {
  const [, time, event] = /^\s*(.+?)\s*:\s*(.+?)\s*$/.exec(text) ?? []
  if (time === undefined || event === undefined)
    throw new CallError(`--then is "${text}"; allowed: a time and the name of an event, such as "2 days: Order Completed".`)
  return { at: startedAt + parseTime('--then', time), event }
}

function parseTime(option: string, text: string): number {
  const parsed = durationSchema.safeParse(text)
  if (!parsed.success) throw new CallError(`${option} is "${text}"; allowed: a time such as "2 days" or "90 minutes".`)
  return durationToMs(parsed.data)
}

function parseJson(option: string, text: string | undefined): JsonObject {
  if (text === undefined) return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  } catch {
    // Said below.
  }
  throw new CallError(`${option} is "${text}"; allowed: a JSON object such as {"country":"NL"}.`)
}

/** What happened, line by line, with the time since the beginning. */
function describeTestRun({ steps }: JourneyDefinition, run: ShownTestRun, startedAt: number): string[] {
  const nameOf = (id: string): string => steps[id]?.name ?? id
  const lines = run.moments.flatMap((moment): readonly string[] => {
    const words = wordsOf(moment, nameOf)
    return words === null ? [] : [`${sinceWords(moment.at - startedAt).padStart(12)}  ${words}`]
  })
  const { standing, outside } = run
  return [
    ...lines,
    ...(outside === null ? [] : [`They did not come in. ${outside}`]),
    ...(standing === null ? [] : [`They stand at ${nameOf(standing.step)}.`]),
  ]
}

function wordsOf(moment: ShownTestRun['moments'][number], nameOf: (id: string) => string): string | null {
  switch (moment.kind) {
    case 'heard':
      return `they do: ${moment.event}`
    case 'entered':
      return 'come in'
    case 'stands':
      return `stand at ${nameOf(moment.step)}`
    case 'passed':
      return `${nameOf(moment.step)}: ${moment.because}`
    case 'message': {
      const { channel, heldBy, content, failure, reason } = moment
      const said = content === null ? `cannot be written: ${failure}` : (content.title ?? content.text.slice(0, 80))
      return `${channel}, ${heldBy === null ? 'sent' : 'held back'}: “${said}” ${reason}`
    }
    case 'delayed':
      return `${moment.channel} waits: ${moment.reason}`
    case 'asked':
      return `${nameOf(moment.step)} ${moment.ok ? 'is answered' : 'is not answered'} (nobody was asked)`
    case 'task':
      return `${nameOf(moment.step)}: a task for ${moment.assignee}: “${moment.title}”${moment.failure === null ? '' : ` (cannot be written: ${moment.failure})`}`
    case 'did':
      return `${nameOf(moment.step)}: ${moment.event}`
    case 'goal':
      return `reach the goal${moment.name === '' ? '' : ` ${moment.name}`}`
    case 'left':
      return `leave: ${moment.reason}`
    default:
      return moment satisfies never
  }
}

function sinceWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60)]
  return `+${days > 0 ? `${days}d ` : ''}${hours}h ${minutes % 60}m`
}
