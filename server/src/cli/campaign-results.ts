import type { LearnedWeights, SendGroup, SendResults } from '@throughline/contracts'
import type { Command } from 'commander'
import { callServer } from './api-client.ts'
import { show } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

const number = new Intl.NumberFormat('en')

/** `throughline campaign results` and `choose`: how the variants of a send do, and choosing one for the rest. */
export function addResults(group: Command): void {
  withServer(group.command('results <id> <number>').description('Show how the variants of a send do, and who was held out of it')).action(
    async (id: string, which: string, options: ServerOptions) => {
      const found = await callServer(serverOf(options), 'sendResults', { params: { id, number: which } })
      show(options.json, found, () => linesOf(found))
    },
  )
  withServer(group.command('choose <id> <number> <variant>').description('Choose the variant that the rest of the audience gets')).action(
    async (id: string, which: string, variant: string, options: ServerOptions) => {
      const { test } = await callServer(serverOf(options), 'chooseVariant', { params: { id, number: which }, body: { variant } })
      show(options.json, test, () => [test.words])
    },
  )
}

function linesOf({ groups, first, baseline, goal, currency, mixed, learned }: SendResults): string[] {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  const money = (minor: number): string => `${(minor / 10 ** digits).toFixed(digits)} ${currency}`
  return [
    `Opens and clicks against “${first}”; ${goal.event} within ${goal.within}, and money, against ${baseline === 'hold-out' ? 'who was held out' : `“${baseline}”`}.`,
    ...groups.flatMap((group) => [
      '',
      `${nameOf(group)}: ${number.format(group.people)} people, ${number.format(group.sent)} sent`,
      ...(group.opened === null ? [] : [`  opened   ${rate(group.opened, group.sent)}`]),
      ...(group.clicked === null ? [] : [`  clicked  ${rate(group.clicked, group.sent)}`]),
      `  goal     ${rate(group.goal, group.people)}`,
      `  money    ${money(group.revenue.total)}, ${money(group.revenue.perPerson)} a person${said(group.revenue.verdict)}`,
    ]),
    ...(mixed === 0 ? [] : ['', `${number.format(mixed)} were given several, merged out of two people: left out.`]),
    ...(learned === null ? [] : weightLines(learned)),
  ]
}

const learnedBy = { opened: 'opens', clicked: 'clicks', goal: 'the goal' } as const

/** The weights over time, and the figures that the last ones follow from. */
function weightLines({ by, floor, every, within, nextAt, versions }: LearnedWeights): string[] {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
  const next = nextAt === null ? '' : ` Next ${new Date(nextAt).toISOString()}.`
  return [
    '',
    `Weights learned by ${learnedBy[by]}, every ${every}, of messages that had ${within} to be answered; each variant keeps ${floor} %.${next}`,
    ...versions.map(
      ({ version, at, variants }) =>
        `  ${version}  ${new Date(at).toISOString()}  ${variants.map(({ name, share }) => `${name} ${percent(share)}`).join(', ')}`,
    ),
    ...(versions.at(-1)?.variants ?? []).map(
      ({ name, best, people, answered }) =>
        `  ${name}: ${number.format(Math.round(answered))} of ${number.format(Math.round(people))}, the best with a chance of ${percent(best)}`,
    ),
  ]
}

function nameOf({ kind, name, template }: SendGroup): string {
  switch (kind) {
    case 'variant':
      return `${name} (${template})`
    case 'rest':
      return `The rest, with ${name} (${template})`
    case 'hold-out':
      return 'Held out'
    default:
      return kind satisfies never
  }
}

function rate({ converted, rate: { low, high }, difference, verdict }: SendGroup['goal'], of: number): string {
  const percent = (share: number): string => (share * 100).toFixed(1)
  const share = of === 0 ? 'nobody yet' : `${number.format(converted)} of ${number.format(of)}, ${percent(low)} to ${percent(high)} %`
  if (verdict === null || verdict === 'too-few' || difference === null) return `${share}${said(verdict)}`
  return `${share}; ${percent(difference.low)} to ${percent(difference.high)} points${said(verdict)}`
}

const verdicts = { 'too-few': 'too few to say', better: 'better', worse: 'worse', 'no-difference': 'no difference shown' } as const
const said = (verdict: SendGroup['goal']['verdict']): string => (verdict === null ? '' : `: ${verdicts[verdict]}`)
