import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { adPlatforms, type AdAudience } from '@throughline/contracts'
import { Option } from 'commander'
import { callServer, downloadFrom } from './api-client.ts'
import { show, type CliCommand } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

interface CreateOptions extends ServerOptions {
  readonly platform: (typeof adPlatforms)[number]
  readonly segment?: string
  readonly topic?: string
}

/** `throughline audience …`: ad audiences, and their files. */
export const audience: CliCommand = {
  add(program) {
    const group = program.command('audience').description('Ad audiences: whom ad platforms are told of, hashed')
    withServer(group.command('list').description('Show all ad audiences and what their latest export held')).action(
      async (options: ServerOptions) => {
        const { items } = await callServer(serverOf(options), 'adAudiences', { query: {} })
        show(options.json, items, () => (items.length === 0 ? ['There are no ad audiences yet.'] : items.map(describe)))
      },
    )
    withServer(group.command('create <name>').description('Make one, of a segment or with members that journeys keep'))
      .addOption(new Option('--platform <platform>', 'In whose format it is told').choices(adPlatforms).makeOptionMandatory())
      .option('--segment <id>', 'Whose people are in it; without it those whom journeys and hands put in')
      .option('--topic <topic>', 'A topic of ads to which they must have agreed as well')
      .action(async (name: string, { platform, segment = undefined, topic = undefined, ...options }: CreateOptions) => {
        const body = { name, platform, segment: segment ?? null, topic: topic ?? null }
        const made = await callServer(serverOf(options), 'createAdAudience', { body })
        show(options.json, made, () => [describe(made)])
      })
    withServer(group.command('export <audience>').description('Write its file in the format of its platform'))
      .option('--out <file>', 'The file; standard output without it')
      .action(async (id: string, { out, ...options }: ServerOptions & { readonly out?: string }) => {
        const bytes = Readable.fromWeb(
          (await downloadFrom(serverOf(options), 'exportAdAudience', { params: { id } })) as Parameters<typeof Readable.fromWeb>[0],
        )
        if (out === undefined) return pipeline(bytes, process.stdout, { end: false })
        await pipeline(bytes, createWriteStream(out, { mode: 0o600 }))
        const { size } = await stat(out)
        show(options.json, { file: out, bytes: size }, () => [`${out}: ${size} bytes.`])
      })
    withServer(
      group.command('link <audience>').description('Make an address from which a platform may fetch it; one that there was ends'),
    ).action(async (id: string, options: ServerOptions) => {
      const link = await callServer(serverOf(options), 'linkAdAudience', { params: { id } })
      show(options.json, link, () => [link.url, 'It is told once. Whoever has it can fetch the audience.'])
    })
    withServer(group.command('unlink <audience>').description('End the address from which it is fetched')).action(
      async (id: string, options: ServerOptions) => {
        const answer = await callServer(serverOf(options), 'unlinkAdAudience', { params: { id } })
        show(options.json, answer, () => ['Nobody can fetch it any more.'])
      },
    )
  },
}

function describe({ id, platform, segment, counts, name }: AdAudience): string {
  const held = counts === null ? 'not counted yet' : `${counts.rows} of ${counts.people} told`
  return `${id.padEnd(28)}  ${platform.padEnd(6)}  ${held.padEnd(24)}  ${segment === null ? 'kept by journeys' : `segment ${segment}`}  ${name}`
}
