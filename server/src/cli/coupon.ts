import { openAsBlob } from 'node:fs'
import type { CouponPool, RouteResponse } from '@throughline/contracts'
import { CallError, callServer, uploadTo } from './api-client.ts'
import { show, type CliCommand } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

interface CreateOptions extends ServerOptions {
  readonly value?: string
  readonly expires?: string
  readonly alertAt?: string
  readonly alertTo?: readonly string[]
}

/** `throughline coupon …`: pools of codes that journeys give to people. */
export const coupon: CliCommand = {
  add(program) {
    const group = program.command('coupon').description('Pools of coupon codes that journeys give to people')
    withServer(group.command('all').description('Show all pools and how many codes they have left')).action(
      async (options: ServerOptions) => {
        const { items } = await callServer(serverOf(options), 'couponPools', { query: {} })
        show(options.json, items, () => (items.length === 0 ? ['There are no pools of codes yet.'] : items.map(describePool)))
      },
    )
    withServer(group.command('create <name>').description('Make a pool without codes'))
      .option('--value <text>', 'What a code is worth, as messages say it: "10 % off"')
      .option('--expires <day>', 'The last day on which its codes are good: 2026-12-31')
      .option('--alert-at <codes>', 'Staff are told once so few are left; without it, once none is')
      .option('--alert-to <addresses...>', 'Who gets a mail then')
      .action(async (name: string, options: CreateOptions) => {
        const { value = '', expires = null, alertAt, alertTo = [] } = options
        const body = {
          name,
          value,
          expires,
          alertAt: alertAt === undefined ? null : readCount('--alert-at', alertAt),
          alertTo: [...alertTo],
        }
        const made = await callServer(serverOf(options), 'createCouponPool', { body })
        show(options.json, made, () => [describePool(made)])
      })
    withServer(
      group.command('add <pool> <file>').description('Add the codes of a file: one on each line, or a CSV with a column "code"'),
    ).action(async (id: string, file: string, options: ServerOptions) => {
      const body = await openAsBlob(file).catch((cause: unknown) => {
        throw new CallError(`Cannot read ${file}. Is the path right?`, null, { cause })
      })
      const answer = await uploadTo(serverOf(options), 'addCodes', { params: { id } }, body)
      show(options.json, answer, () => describeUpload(answer))
      if (answer.refused > 0) process.exitCode = 1
    })
  },
}

function readCount(option: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new CallError(`${option} is "${text}"; allowed: a whole number of codes, such as 100.`)
}

function describePool({ id, name, free, given, redeemed, unreadable, lowSince }: CouponPool): string {
  return `${id.padEnd(28)}  ${String(free).padStart(9)} free  ${String(given).padStart(9)} given  ${String(redeemed).padStart(9)} redeemed  ${name}${lowSince === null ? '' : free === 0 ? ' (empty)' : ' (runs low)'}${unreadable === 0 ? '' : ` (${unreadable} cannot be opened)`}`
}

function describeUpload({ added, refused, problems }: RouteResponse<'addCodes'>): string[] {
  const rest = refused - problems.length
  return [
    `${added} ${added === 1 ? 'code' : 'codes'} added${refused === 0 ? '' : `, ${refused} ${refused === 1 ? 'line' : 'lines'} refused`}.`,
    ...problems.map(({ line, reason }) => `  line ${line}: ${reason}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ]
}
