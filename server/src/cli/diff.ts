import { compare, type Difference } from './definitions/compare.ts'
import { parseFiles, readFiles } from './definitions/load.ts'
import { readPublished } from './definitions/published.ts'
import { show, type CliCommand } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

interface Options extends ServerOptions {
  readonly exitCode?: boolean
}

/** `throughline diff`: how files differ from what is published. */
export const diff: CliCommand = {
  add(program) {
    withServer(program.command('diff <paths...>').description('Show, line by line, how files and folders differ from what is published'))
      .option('--exit-code', 'End with 1 when applying would change something')
      .action(async (paths: string[], options: Options) => {
        const files = parseFiles(readFiles(paths))
        const { byKey, withoutChannels } = await readPublished(serverOf(options))
        const known = withoutChannels === null ? files : files.filter(({ value }) => value.kind !== 'channel')
        if (withoutChannels !== null && options.json !== true) process.stderr.write(`${withoutChannels}\n`)
        const differences = compare(known, byKey)
        show(options.json, differences, () => describeDifferences(differences))
        if (options.exitCode === true && differences.some(isChange)) process.exitCode = 1
      })
  },
}

const isChange = ({ change }: Difference): boolean => change === 'new' || change === 'changed'

/** The differences one below the other, and a line that counts them. */
export function describeDifferences(differences: readonly Difference[]): string[] {
  const missing = differences.filter(({ change }) => change === 'missing')
  const changed = differences.filter(isChange)
  return [
    ...changed.flatMap(({ diff: text }) => [...text.trimEnd().split('\n'), '']),
    ...(missing.length === 0
      ? []
      : [
          'Published, and in none of these files (`throughline pull` writes them):',
          ...missing.map(({ kind, id }) => `  ${kind} ${id}`),
          '',
        ]),
    changed.length === 0
      ? 'Applying these files would change nothing.'
      : `Applying these files would change ${changed.length} of ${differences.length - missing.length} definitions.`,
  ]
}
