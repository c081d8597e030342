import type { RouteResponse } from '@throughline/contracts'
import { CallError, callServer, findServer, type Server } from './api-client.ts'
import { addConfigFlags, configOf, show, type CliCommand } from './command.ts'
import { countPeople, describePeople, type PeopleOf } from './definitions/people.ts'
import { planAudiences, setAudiences } from './definitions/ad-audiences.ts'
import { isChannel, isCouponPool, isForm } from './definitions/kinds.ts'
import { FilesError, parseFiles, readFiles, type Loaded } from './definitions/load.ts'
import { channelFileOf, formFileOf, poolFileOf } from './definitions/published.ts'
import type { FileDefinition } from './definitions/read-files.ts'
import { planFiles, setFiles, type SetResult } from './definitions/set-files.ts'

interface Options {
  readonly dryRun?: boolean
  readonly url?: string
  readonly apiKey?: string
  readonly json?: boolean
}

/** `throughline apply`: publishes what stands in files that can be kept in git. */
export const apply: CliCommand = {
  add(program) {
    addConfigFlags(
      program
        .command('apply <paths...>')
        .description(
          'Publish the journeys, segments, templates, computed traits, pools of codes, forms, ad audiences and channels of files and folders',
        ),
      ['dataDir'],
    )
      .option('--dry-run', 'Say what would change and for how many people, and change nothing')
      .option('--url <address>', 'Another server; needs an API key')
      .option('--api-key <key>', 'Its API key (THROUGHLINE_API_KEY)')
      .option('--json', 'Answer as JSON')
      .action(async (paths: string[], options: Options) => {
        const server = findServer({ url: options.url, apiKey: options.apiKey, dataDir: configOf(options).dataDir })
        const answer = await applyFiles(server, paths, { dryRun: options.dryRun === true })
        show(options.json, answer, () => describeChanges(answer))
      })
  },
}

type Result = Omit<RouteResponse<'applyDefinitions'>['results'][number], 'version'> & {
  /** Channels, pools, forms and ad audiences have none. */
  readonly version: number | null
  /** In a dry run: whom it concerns, where that can be told. */
  readonly people?: PeopleOf
}

export interface ApplyAnswer {
  readonly dryRun: boolean
  readonly results: readonly Result[]
}

/**
 * Makes the pools of codes and ad audiences of files and folders, publishes the definitions in one go, then sets the forms, which name templates, the ad
 * audiences of segments, and the channels; with `dryRun` only says what would change, and for how many people.
 * Throws a {@link FilesError} that names `file:line:column` for everything that is wrong.
 */
export async function applyFiles(server: Server, paths: readonly string[], options: { dryRun: boolean }): Promise<ApplyAnswer> {
  const written = readFiles(paths)
  const channels = parseFiles(written.filter(holds('channel')))
  const pools = parseFiles(written.filter(holds('coupon-pool')))
  const forms = parseFiles(written.filter(holds('form')))
  const audiences = parseFiles(written.filter(holds('ad-audience')))
  const definitions = written.filter((one) => !['channel', 'coupon-pool', 'form', 'ad-audience'].some((kind) => holds(kind)(one)))
  const segments = definitions.filter(holds('segment')).flatMap(({ value }) => idIn(value))
  const planned = await planAudiences(server, audiences, segments)
  // Journeys name those with members of their own; the others name segments.
  const own = planned.filter(({ value }) => value.segment === null)
  const ofSegments = planned.filter(({ value }) => value.segment !== null)
  const named = {
    pools: pools.flatMap(({ value }) => (isCouponPool(value) ? [value.id] : [])),
    forms: forms.flatMap(({ value }) => (isForm(value) ? [value.id] : [])),
    audiences: own.map(({ value }) => value.id),
  }
  // What is wrong with the definitions shows before a pool or an ad audience is made for them.
  if (!options.dryRun && pools.length + own.length > 0 && definitions.length > 0) await publish(server, definitions, named, true)
  const made = await setPools(server, pools, options.dryRun)
  const madeAudiences = await setAudiences(server, own, 'No definition was published.', options.dryRun)
  const { results } = definitions.length === 0 ? { results: [] } : await publish(server, definitions, named, options.dryRun)
  const counted = options.dryRun ? await countPeople(server, definitions, results) : results
  const set = await setForms(server, forms, options.dryRun)
  const told = await setAudiences(server, ofSegments, 'The definitions are published.', options.dryRun)
  const reached = await setChannels(server, channels, options.dryRun)
  return { dryRun: options.dryRun, results: [...made, ...madeAudiences, ...counted, ...set, ...told, ...reached] }
}

const holds =
  (kind: string) =>
  ({ value }: FileDefinition): boolean =>
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind

/** The id that something says of itself. */
const idIn = (value: unknown): string[] =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' ? [value.id] : []

async function publish(
  server: Server,
  definitions: readonly FileDefinition[],
  beside: { readonly pools: string[]; readonly forms: string[]; readonly audiences: string[] },
  dryRun: boolean,
): Promise<RouteResponse<'applyDefinitions'>> {
  try {
    return await callServer(server, 'applyDefinitions', {
      body: { definitions: definitions.map(({ value }) => value), ...beside, dryRun },
    })
  } catch (error) {
    if (!(error instanceof CallError) || error.answer?.problems === undefined) throw error
    throw new FilesError(
      'Nothing was published. These do not fit:',
      error.answer.problems.map((problem) => `${placeOf(definitions, problem.field)}  ${shorten(problem.message)}`),
    )
  }
}

/** Codes are not in files: those on the server stay. */
async function setPools(server: Server, pools: readonly Loaded[], dryRun: boolean): Promise<SetResult[]> {
  if (pools.length === 0) return []
  const { items } = await callServer(server, 'couponPools', { query: {} })
  return setFiles(planFiles(pools, isCouponPool, items.map(poolFileOf)), {
    write: ({ kind: _, id, ...body }, isNew) =>
      isNew
        ? callServer(server, 'createCouponPool', { body: { ...body, id } })
        : callServer(server, 'setCouponPool', { params: { id }, body }),
    refused: 'Nothing was published. This pool of codes does not fit:',
    dryRun,
  })
}

async function setForms(server: Server, forms: readonly Loaded[], dryRun: boolean): Promise<SetResult[]> {
  if (forms.length === 0) return []
  const { items } = await callServer(server, 'forms', { query: {} })
  return setFiles(planFiles(forms, isForm, items.map(formFileOf)), {
    write: ({ kind: _, id, ...body }, isNew) =>
      isNew ? callServer(server, 'createForm', { body: { ...body, id } }) : callServer(server, 'setForm', { params: { id }, body }),
    refused: 'The definitions are published. This form stays as it was:',
    dryRun,
  })
}

/** Secrets are not in files: those on the server stay, as long as the host does. */
async function setChannels(server: Server, channels: readonly Loaded[], dryRun: boolean): Promise<SetResult[]> {
  if (channels.length === 0) return []
  const { items } = await callServer(server, 'providers', {})
  return setFiles(planFiles(channels, isChannel, items.map(channelFileOf)), {
    write: ({ channel, provider }) => callServer(server, 'setProvider', { params: { channel }, body: { config: provider } }),
    refused: 'The definitions are published. This channel stays as it was:',
    fieldOf: (field) => field.replace(/^config\b/, 'provider'),
    dryRun,
  })
}

const FIELD = /^definitions\[(\d+)\]\.?/

/** The place in a file of a field that the server named, such as `definitions[3].steps.remind`. */
function placeOf(definitions: readonly FileDefinition[], field: string): string {
  const match = FIELD.exec(field)
  const definition = match === null ? undefined : definitions[Number(match[1])]
  return definition === undefined ? field : definition.place(field.slice(match![0].length))
}

/** The message without the number of the definition, which the place says better. */
function shorten(message: string): string {
  return message.replace(FIELD, '')
}

/** One line for each definition: `changed    journey  cart-recovery  version 3`, and whom it concerns. */
export function describeChanges({ dryRun, results }: ApplyAnswer): string[] {
  const wide = Math.max(0, ...results.map(({ id }) => id.length))
  const lines = results.flatMap(({ kind, id, change, version, people }) => [
    `${change.padEnd(10)} ${kind.padEnd(9)} ${id.padEnd(wide)}  ${version === null ? '' : `version ${version}`}`.trimEnd(),
    ...(people === undefined ? [] : [`${' '.repeat(21)}${describePeople(people)}`]),
  ])
  const changed = results.filter(({ change }) => change !== 'unchanged').length
  const end = dryRun
    ? `${changed} of ${results.length} would be published. Nothing was changed.`
    : `${changed} of ${results.length} published.`
  return [...lines, end]
}
