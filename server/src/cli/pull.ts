import type { RouteInput } from '@throughline/contracts'
import { callServer, type Server } from './api-client.ts'
import { show, type CliCommand } from './command.ts'
import { isDefinition } from './definitions/kinds.ts'
import { inOrder, meanTheSame, stateless } from './definitions/normal-form.ts'
import { planPull, type Pulled } from './definitions/pull.ts'
import { readPublished } from './definitions/published.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

interface Options extends ServerOptions {
  readonly dryRun?: boolean
  readonly overwrite?: boolean
}

/** `throughline pull`: writes what is published into files. */
export const pull: CliCommand = {
  add(program) {
    withServer(program.command('pull [folder]').description('Write everything that is published into the files of a folder'))
      .option('--dry-run', 'Say what would be written, and write nothing')
      .option('--overwrite', 'Also over what was changed in files and never published')
      .action(async (folder: string | undefined, options: Options) => {
        const answer = await pullInto(serverOf(options), folder ?? '.', {
          dryRun: options.dryRun === true,
          overwrite: options.overwrite === true,
        })
        show(options.json, answer, () => describePulled(answer, options.dryRun === true))
        if (answer.kept.length > 0) process.exitCode = 1
      })
  },
}

export interface PullAnswer {
  readonly files: readonly Pulled[]
  /** What was changed in a file and never published, and stays as it is. */
  readonly kept: readonly { readonly place: string; readonly key: string }[]
  readonly note: string | null
}

/**
 * Writes what is in force on a server into the files of a folder: into the file that holds it already, leaving alone what still
 * holds there, else into a new one by kind and id. What somebody changed in a file and nobody published is kept unless `overwrite`.
 * @throws FilesError when a file of the folder cannot be read; nothing is written then
 */
export async function pullInto(server: Server, folder: string, options: { dryRun: boolean; overwrite: boolean }): Promise<PullAnswer> {
  const published = await readPublished(server)
  const { files, kept, write } = await planPull(folder, [...published.byKey.values()], async (file, current) => {
    if (options.overwrite) return true
    if (!isDefinition(file) || !isDefinition(current)) return false
    const params = { kind: current.kind, id: current.id } satisfies RouteInput<'definitionVersions'>['params']
    const { items } = await callServer(server, 'definitionVersions', { params })
    return items.some(({ definition }) => meanTheSame(inOrder(stateless(definition)), inOrder(stateless(file))))
  })
  if (!options.dryRun) write()
  return { files, kept, note: published.withoutChannels }
}

/** One line for each file, then what was kept. */
export function describePulled({ files, kept, note }: PullAnswer, dryRun: boolean): string[] {
  const written = files.filter(({ change }) => change !== 'unchanged')
  return [
    ...written.map(({ change, path }) => `${change.padEnd(8)}  ${path}`),
    ...kept.map(
      ({ place, key }) => `kept      ${place}  ${key}: changed here and not published. Publish it, or run again with --overwrite.`,
    ),
    ...(note === null ? [] : [note]),
    written.length === 0 && kept.length === 0
      ? 'The files say what is published.'
      : dryRun
        ? `${written.length} file${written.length === 1 ? '' : 's'} would be written. Nothing was.`
        : `${written.length} file${written.length === 1 ? '' : 's'} written.`,
  ]
}
