import { rfmGroups, type Rfm, type RfmGroup, type RfmMovement } from '@throughline/contracts'
import { CallError, callServer } from './api-client.ts'
import { show, type CliCommand } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

interface Options extends ServerOptions {
  readonly now?: boolean
  readonly movement?: string
}

/** `throughline rfm`: the groups of recency, frequency, money; who moved between them. */
export const rfm: CliCommand = {
  add(program) {
    withServer(program.command('rfm').description('Show how many buyers are in each RFM group, or who moved'))
      .option('--now', 'Compute scores first, and put them in force')
      .option('--movement <days>', 'Who moved from which group to which in the last days, 1 to 730')
      .action(async (options: Options) => {
        const days = options.movement
        if (days !== undefined && !(/^\d{1,3}$/.test(days) && Number(days) >= 1 && Number(days) <= 730))
          throw new CallError(`--movement is "${days}"; allowed: a whole number of days from 1 to 730.`)
        const server = serverOf(options)
        const found = await callServer(server, options.now === true ? 'computeRfm' : 'rfm', {})
        if (days === undefined) return show(options.json, found, () => describe(found))
        const movement = await callServer(server, 'rfmMovement', { query: { days } })
        show(options.json, movement, () => describeMovement(movement))
      })
  },
}

function describe({ current, currency, hour, zone }: Rfm): string[] {
  if (current === null) return ['Nobody has ordered yet. Scores are computed as soon as somebody has.']
  const money = new Intl.NumberFormat('en', { style: 'currency', currency })
  const minor = 10 ** (money.resolvedOptions().maximumFractionDigits ?? 2)
  const line = (name: string, people: number, revenue: number): string =>
    `${name.padEnd(20)}  ${String(people).padStart(9)}  ${money.format(revenue / minor).padStart(18)}`
  return [
    ...current.groups.map(({ group, people, revenue }) => line(nameOf(group), people, revenue)),
    line('All buyers', current.people, current.revenue),
    `As of ${new Date(current.asOf).toISOString()}; computed each day at ${String(hour).padStart(2, '0')}:00 (${zone}).`,
  ]
}

function describeMovement({ from, to, moves }: RfmMovement): string[] {
  if (from === null || to === null) return ['There is no earlier day to compare with yet.']
  return [
    `From ${from.day} to ${to.day}:`,
    ...moves.map(
      (move) => `${String(move.people).padStart(9)}  ${nameOf(move.from)} → ${move.from === move.to ? 'the same' : nameOf(move.to)}`,
    ),
  ]
}

function nameOf(group: RfmGroup | null): string {
  return rfmGroups.find(({ id }) => id === group)?.name ?? 'No orders'
}
