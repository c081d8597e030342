import { createWriteStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Forget } from '@throughline/contracts'
import type { Command } from 'commander'
import { CallError, callServer, downloadFrom, findServer, type Server } from './api-client.ts'
import { addConfigFlags, configOf, show } from './command.ts'
import { findProfile } from './profile-show.ts'

interface Options {
  readonly url?: string
  readonly apiKey?: string
  readonly json?: boolean
}

const POLL_MS = 500

function addServerFlags(command: Command): Command {
  return addConfigFlags(command, ['dataDir'])
    .option('--url <address>', 'Another server; needs an API key')
    .option('--api-key <key>', 'Its API key, of an admin (THROUGHLINE_API_KEY)')
    .option('--json', 'Answer as JSON')
}

const serverOf = (options: Options): Server => findServer({ url: options.url, apiKey: options.apiKey, dataDir: configOf(options).dataDir })

/** `throughline profile forget`: deletes everything known of a person, everywhere, and shows what proves it. */
export function addForget(profile: Command): void {
  addServerFlags(
    profile.command('forget <who>').description('Forget one person: everything known of them is deleted, and they do not come back'),
  )
    .option('--yes', 'Do it; without this it only says whom it would be')
    .option('--no-wait', 'Do not wait until everything is gone')
    .action(async (who: string, options: Options & { yes?: boolean; wait: boolean }) => {
      const server = serverOf(options)
      const id = await findProfile(server, who)
      if (options.yes !== true) {
        const { name, email } = await callServer(server, 'person', { params: { id } })
        throw new CallError(
          `This would forget ${[name, email].filter((one) => one !== null).join(', ') || 'somebody anonymous'} (${id}) for ever. Add --yes to do it.`,
        )
      }
      const receipt = await settle(server, await callServer(server, 'forgetPerson', { params: { id } }), options.wait)
      show(options.json, receipt, () => describeReceipt(receipt))
    })
}

async function settle(server: Server, asked: Forget, wait: boolean): Promise<Forget> {
  let receipt = asked
  for (let said: string | null = null; wait && receipt.state === 'pending'; await sleep(POLL_MS)) {
    receipt = await callServer(server, 'forget', { params: { id: asked.id } })
    if (receipt.waitsFor !== said) process.stderr.write(`${receipt.waitsFor ?? ''}\n`)
    said = receipt.waitsFor
  }
  return receipt
}

/** A receipt as lines for a terminal. */
export function describeReceipt(receipt: Forget): string[] {
  return [
    receipt.state === 'complete' ? 'Forgotten. Nothing of this person is left.' : `Being forgotten. ${receipt.waitsFor ?? ''}`,
    `  receipt    ${receipt.id}`,
    `  asked      ${new Date(receipt.requestedAt).toISOString()} by ${receipt.requestedBy}`,
    ...(receipt.completedAt === null ? [] : [`  complete   ${new Date(receipt.completedAt).toISOString()}`]),
    ...receipt.counts.filter(({ count }) => count > 0).map(({ place, count }) => `  ${String(count).padStart(9)}  ${place}`),
  ]
}

/** `throughline profile allow`: lets somebody who was forgotten come back. */
export function addAllow(profile: Command): void {
  addServerFlags(
    profile
      .command('allow <identifier>')
      .description('Let somebody who was forgotten come back under an e-mail address, a phone number or an id'),
  ).action(async (identifier: string, options: Options) => {
    const answer = await callServer(serverOf(options), 'allowForgotten', { body: { identifier } })
    show(options.json, answer, () => [`Events with this ${answer.allowed.join(' and ')} are accepted again.`])
  })
}

/** `throughline profile everything`: the answer to who asks what is known of them. */
export function addEverything(profile: Command): void {
  addServerFlags(profile.command('everything <who>').description('Write everything known of one person to a file, to hand to them'))
    .option('--out <file>', 'The file; standard output without it')
    .action(async (who: string, options: Options & { out?: string }) => {
      const server = serverOf(options)
      const id = await findProfile(server, who)
      const bytes = Readable.fromWeb(
        (await downloadFrom(server, 'accessRequest', { params: { id } })) as Parameters<typeof Readable.fromWeb>[0],
      )
      if (options.out === undefined) return pipeline(bytes, process.stdout, { end: false })
      await pipeline(bytes, createWriteStream(options.out, { mode: 0o600 }))
      show(options.json, { file: options.out }, () => [`Everything known of them stands in ${options.out}.`])
    })
}
