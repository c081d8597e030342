import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { ApprovalDetails, SendApproval } from '@throughline/contracts'
import type { Command } from 'commander'
import { CallError, callAs, callServer } from './api-client.ts'
import { show } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

interface DecideOptions extends ServerOptions {
  readonly as?: string
  readonly note?: string
}

const number = new Intl.NumberFormat('en')

/** Adds what a second person says about a send, and asking for it. An API key approves nothing, so these sign in with an account. */
export function addApproval(group: Command): void {
  for (const decision of ['approve', 'refuse'] as const) {
    withServer(
      group
        .command(`${decision} <id> <number>`)
        .description(
          decision === 'approve'
            ? 'Show what a send says to how many and what differs, and with --as approve it; somebody else must have asked'
            : 'Refuse a send that somebody else asked for; without --as it is shown',
        ),
    )
      .option('--as <address>', 'the e-mail address of your account; the password is asked for, or stands in THROUGHLINE_PASSWORD')
      .option('--note <text>', 'what you have to say about it')
      .action(async (id: string, which: string, options: DecideOptions) => {
        const server = serverOf(options)
        const found = await callServer(server, 'sendApproval', { params: { id, number: which } })
        if (options.as === undefined) return show(options.json, found, () => detailLines(found))
        const who = { email: options.as, password: await askPassword(options.as) }
        const { approval } = await callAs(server, who, 'decideApproval', {
          params: { id, number: which },
          body: { decision, digest: found.digest, ...(options.note !== undefined && { note: options.note }) },
        })
        show(options.json, approval, () => [`Send ${which} of ${id}: ${approvalWords(approval)}`])
      })
  }
  withServer(
    group.command('ask <id> <number>').description('Ask for the approval of a send as it is by now; with the API key of an account'),
  ).action(async (id: string, which: string, options: ServerOptions) => {
    const { approval } = await callServer(serverOf(options), 'askApproval', { params: { id, number: which } })
    show(options.json, approval, () => [`Send ${which} of ${id}: ${approvalWords(approval)}`])
  })
}

/** How it stands, as a sentence. */
export function approvalWords({ state, people, askedBy, decidedBy, note }: SendApproval): string {
  const said = note === null ? '' : ` ${note}`
  switch (state) {
    case 'open':
      return `Not approved.${said}`
    case 'asked':
      return `${askedBy} asks for its approval, for ${number.format(people)} people. Somebody else has to decide.`
    case 'approved':
      return `Approved by ${decidedBy ?? 'somebody'}.${said}`
    case 'refused':
      return `Refused by ${decidedBy ?? 'somebody'}.${said}`
    default:
      return state satisfies never
  }
}

function detailLines({ sentence, people, approval, since, changes, whyNot }: ApprovalDetails): string[] {
  return [
    `${sentence}: ${number.format(people)} people.`,
    ...(approval === null ? [] : [approvalWords(approval)]),
    since === null ? 'No send of this campaign was approved before.' : `Since send ${since.number} was approved by ${since.by}:`,
    ...(since !== null && changes.length === 0 ? ['  nothing was changed'] : []),
    ...changes.flatMap(({ kind, name, change, places, more }) => [
      `  ${kind} “${name}” ${change === 'new' ? 'is new' : change === 'gone' ? 'is gone' : 'was changed'}`,
      ...places.map(({ field, before, after }) => `    ${field}: ${before ?? '(nothing)'} → ${after ?? '(nothing)'}`),
      ...(more === 0 ? [] : [`    and ${more} more`]),
    ]),
    ...(whyNot === null ? [] : [whyNot]),
  ]
}

async function askPassword(address: string): Promise<string> {
  const given = process.env.THROUGHLINE_PASSWORD
  if (given !== undefined) return given
  if (!process.stdin.isTTY) throw new CallError('Set THROUGHLINE_PASSWORD: there is no terminal on which the password could be asked for.')
  process.stderr.write(`Password of ${address}: `)
  // What is typed is not shown.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
