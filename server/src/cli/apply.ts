import { extname } from 'node:path'
import type { RouteResponse } from '@throughline/contracts'
import { CallError, callServer, findServer, type Server } from './api-client.ts'
import { addConfigFlags, configOf, show, type CliCommand } from './command.ts'
import { findDefinitionFiles, readDefinitionFile, type FileDefinition } from './definition-files.ts'

interface Options {
  readonly dryRun?: boolean
  readonly url?: string
  readonly apiKey?: string
  readonly json?: boolean
}

/** `throughline apply`: publishes journeys, segments and templates out of files that can be kept in git. */
export const apply: CliCommand = {
  add(program) {
    addConfigFlags(program.command('apply <paths...>').description('Publish the journeys, segments and templates of files and folders'), [
      'dataDir',
    ])
      .option('--dry-run', 'Say what would change, and change nothing')
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

/** What is wrong with the files, one line each with its place; nothing was published. */
export class ApplyError extends Error {
  readonly lines: readonly string[]
  constructor(message: string, lines: readonly string[]) {
    super([message, ...lines.map((line) => `  ${line}`)].join('\n'))
    this.name = 'ApplyError'
    this.lines = lines
  }
}

/**
 * Publishes the definitions of files and folders in one go, or with `dryRun` only says what would change.
 * Throws an {@link ApplyError} that names `file:line:column` for everything that is wrong.
 */
export async function applyFiles(
  server: Server,
  paths: readonly string[],
  options: { dryRun: boolean },
): Promise<RouteResponse<'applyDefinitions'>> {
  const definitions = readFiles(paths)
  try {
    return await callServer(server, 'applyDefinitions', {
      body: { definitions: definitions.map(({ value }) => value), dryRun: options.dryRun },
    })
  } catch (error) {
    if (!(error instanceof CallError) || error.answer?.problems === undefined) throw error
    throw new ApplyError(
      'Nothing was published. These do not fit:',
      error.answer.problems.map((problem) => `${placeOf(definitions, problem.field)}  ${shorten(problem.message)}`),
    )
  }
}

function readFiles(paths: readonly string[]): FileDefinition[] {
  const files = paths.flatMap((path) => {
    try {
      return findDefinitionFiles([path])
    } catch (error) {
      throw new ApplyError(`Cannot read ${path}: ${(error as Error).message}`, [])
    }
  })
  const read = files.map((file) => readDefinitionFile(file))
  const problems = read.flatMap((one) => one.problems)
  if (problems.length > 0)
    throw new ApplyError(
      'Nothing was published. These files cannot be read:',
      problems.map(({ place, message }) => `${place}  ${message}`),
    )
  const definitions = read.flatMap((one) => one.definitions)
  if (definitions.length === 0) {
    const others = files.filter((file) => !['.yaml', '.yml', '.json'].includes(extname(file)))
    throw new ApplyError(
      `There are no definitions in ${paths.join(', ')}. Files end in .yaml, .yml or .json, and hold journeys, segments and templates.`,
      others,
    )
  }
  return definitions
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

/** One line for each definition: `changed    journey  cart-recovery  version 3`. */
export function describeChanges({ dryRun, results }: RouteResponse<'applyDefinitions'>): string[] {
  const wide = Math.max(0, ...results.map(({ id }) => id.length))
  const lines = results.map(
    ({ kind, id, change, version }) => `${change.padEnd(10)} ${kind.padEnd(9)} ${id.padEnd(wide)}  version ${version}`,
  )
  const changed = results.filter(({ change }) => change !== 'unchanged').length
  const end = dryRun
    ? `${changed} of ${results.length} would be published. Nothing was changed.`
    : `${changed} of ${results.length} published.`
  return [...lines, end]
}
