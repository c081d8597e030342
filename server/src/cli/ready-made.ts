import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { placeholderSite, readReadyMade, type ReadyMade } from '../journeys/index.ts'
import { show } from './command.ts'

interface Options {
  readonly into?: string
  readonly site?: string
  readonly json?: boolean
}

/** `throughline journey ready-made`: the journeys that come with the program, as files; no server is asked. */
export function addReadyMade(group: Command): void {
  group
    .command('ready-made [id]')
    .description('Show the journeys that come with Throughline, or write one into a folder')
    .option('--into <folder>', 'Write its files there, to be changed and then published with `apply`')
    .option('--site <url>', 'The address of the shop, to which the links of its messages are to lead')
    .option('--json', 'Answer as JSON')
    .action(async (id: string | undefined, options: Options) => {
      const all = await readReadyMade()
      if (id === undefined) {
        show(
          options.json,
          all.map(({ id: of, name, kind, use }) => ({ id: of, name, kind, use })),
          () => all.map((one) => `${one.id.padEnd(20)}  ${one.kind.padEnd(18)}  ${one.use}`),
        )
        return
      }
      const one = all.find((each) => each.id === id)
      if (one === undefined)
        throw new Error(`There is no ready-made journey "${id}". Those there are: ${all.map((each) => each.id).join(', ')}.`)
      if (options.into === undefined) {
        const { name, kind, use, needs, change } = one
        show(options.json, { id, name, kind, use, needs, change }, () => [one.files.get('README.md')!.trimEnd()])
        return
      }
      const folder = options.into
      const written = writeReadyMade(one, folder, options.site)
      show(options.json, { id, files: written }, () => [
        ...written.map((path) => `new       ${path}`),
        ...(options.site === undefined ? [`The links lead to ${placeholderSite}; write the address of your shop there.`] : []),
        `Change what you like, then run: throughline apply ${folder}`,
      ])
    })
}

/**
 * Writes the files of a ready-made journey into a folder, and answers their paths.
 * @throws Error when one of them is there already; nothing is written then
 */
function writeReadyMade(one: ReadyMade, folder: string, site: string | undefined): string[] {
  const files = [...one.files].map(([path, text]) => ({ path: join(folder, path), text }))
  const there = files.find(({ path }) => existsSync(path))
  if (there !== undefined) throw new Error(`${there.path} is there already; nothing was written. Name another folder with --into.`)
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, site === undefined ? text : text.replaceAll(placeholderSite, site.replace(/\/+$/, '')))
  }
  return files.map(({ path }) => path)
}
