import type { PersonDetail, RouteResponse, TimelineEntry } from '@throughline/contracts'
import { CallError, callServer, findServer, type Server } from './api-client.ts'
import { addConfigFlags, configOf, show } from './command.ts'
import type { Command } from 'commander'

interface Options {
  readonly url?: string
  readonly apiKey?: string
  readonly json?: boolean
}

/** `throughline profile show`: one person, with the latest of what happened. */
export function addShow(profile: Command): void {
  const command = profile.command('show <who>').description('Show one person by profile id, e-mail address, user id or name')
  addConfigFlags(command, ['dataDir'])
    .option('--url <address>', 'Another server; needs an API key')
    .option('--api-key <key>', 'Its API key (THROUGHLINE_API_KEY)')
    .option('--json', 'Answer as JSON')
    .action(async (who: string, options: Options) => {
      const found = await showProfile(findServer({ url: options.url, apiKey: options.apiKey, dataDir: configOf(options).dataDir }), who)
      show(options.json, found, () => describeProfile(found))
    })
}

export interface ShownProfile {
  readonly person: PersonDetail
  /** The latest events, newest first. */
  readonly timeline: readonly TimelineEntry[]
}

const PROFILE_ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const EVENTS = 20
/** People who are listed when several fit. */
const FOUND = 20

/**
 * One person, by profile id, e-mail address, user id or any other identifier. Throws a {@link CallError} when nobody, or
 * more than one, fits.
 */
export async function showProfile(server: Server, wanted: string): Promise<ShownProfile> {
  const id = await findProfile(server, wanted)
  const person = await callServer(server, 'person', { params: { id } })
  const { items } = await callServer(server, 'timeline', { params: { id: person.id }, query: { limit: EVENTS } })
  return { person, timeline: items }
}

/** The id of the one person whom an id, an identifier or a name fits. Throws a {@link CallError} when nobody, or more than one, fits. */
export async function findProfile(server: Server, wanted: string): Promise<string> {
  if (PROFILE_ID.test(wanted)) return wanted
  const { items, next } = await callServer(server, 'people', { query: { search: wanted, limit: FOUND } })
  const same = items.filter(({ email, userId }) => userId === wanted || email === wanted.trim().toLowerCase())
  const found = same.length > 0 ? same : items
  if (found.length === 1) return found[0]!.id
  if (found.length === 0)
    throw new CallError(`Nobody is found by "${wanted}". A profile id, an e-mail address, a user id or a name finds a person.`)
  throw new CallError(
    [
      `${found.length}${same.length === 0 && next !== null ? ' people and more' : ' people'} are found by "${wanted}"; name one by their id:`,
      ...found.map(describeLine),
    ].join('\n'),
  )
}

function describeLine(person: RouteResponse<'people'>['items'][number]): string {
  return `  ${person.id}  ${person.name ?? 'no name'}  ${person.email ?? person.userId ?? 'anonymous'}`
}

/** The profile as text for a terminal; times are those of this machine. */
export function describeProfile({ person, timeline }: ShownProfile): string[] {
  return [
    `${person.name ?? (person.anonymous ? 'Somebody anonymous' : 'No name')}  ${person.email ?? ''}`.trimEnd(),
    `  id          ${person.id}`,
    `  first seen  ${time(person.firstSeenAt)}`,
    `  last seen   ${person.lastSeenAt === null ? 'not yet' : time(person.lastSeenAt)}`,
    ...section(
      'Identifiers',
      person.identifiers.map(({ kind, value }) => `${kind.padEnd(12)}  ${value}`),
    ),
    ...section(
      'Traits',
      person.traits.map(({ name, value }) => `${name.padEnd(16)}  ${JSON.stringify(value)}`),
    ),
    ...section(
      'Consents',
      person.consents.map(
        ({ channel, topic, state, at }) => `${[channel, topic].filter(Boolean).join(':').padEnd(16)}  ${state}  ${time(at)}`,
      ),
    ),
    ...section(
      'Gets nothing at',
      person.suppressions.map(({ channel, address, reason }) => `${channel}  ${address}  ${reason}`),
    ),
    ...section(
      'Segments',
      person.segments.map(({ name, since }) => `${name}  since ${time(since)}`),
    ),
    ...section(
      'Journeys',
      person.runs.map(
        ({ journeyName, stepName, wakesAt }) => `${journeyName}: ${stepName}${wakesAt === null ? '' : `, until ${time(wakesAt)}`}`,
      ),
    ),
    ...section(
      'Merged with',
      person.merges.filter(({ undoneAt }) => undoneAt === null).map(({ loser, reason, at }) => `${loser}  ${reason}  ${time(at)}`),
    ),
    ...section(
      'Latest events',
      timeline.map((entry) => `${time(entry.timestamp)}  ${entry.name}`),
    ),
  ]
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]
}

function time(at: number): string {
  const date = new Date(at)
  const pad = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${date.toTimeString().slice(0, 8)}`
}
