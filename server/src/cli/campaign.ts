import type { CampaignEarnings, CampaignEstimate, CampaignSend, ResendTo, SendAction } from '@throughline/contracts'
import { callServer } from './api-client.ts'
import { addApproval, approvalWords } from './campaign-approval.ts'
import { addResults } from './campaign-results.ts'
import { show, type CliCommand } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

const number = new Intl.NumberFormat('en')
const time = (at: number | null): string => (at === null ? '' : new Date(at).toISOString().slice(0, 16).replace('T', ' '))

const verbs: readonly { readonly verb: SendAction; readonly about: string; readonly done: string }[] = [
  { verb: 'undo', about: 'Take a send back whole, within 30 seconds', done: 'is undone: nobody got it' },
  { verb: 'pause', about: 'Hand over nothing more of a send for now', done: 'is paused' },
  { verb: 'resume', about: 'Go on with a send that is paused', done: 'goes on' },
  { verb: 'send-all', about: 'Let all get a send that its ramp still holds back', done: 'goes to all of the audience' },
  { verb: 'cancel', about: 'End a send; whoever has not got it yet will not', done: 'is cancelled' },
]

interface ResendOptions {
  readonly to: string
  readonly subject?: string
  readonly withGoal?: boolean
  readonly estimate?: boolean
}

/** `throughline campaign …`: what campaigns there are, sending them, and what became of everybody. */
export const campaign: CliCommand = {
  add(program) {
    const group = program.command('campaign').description('Campaigns; `apply` publishes them from files, and `send` sends them')
    withServer(group.command('list').description('Show all campaigns and how they stand')).action(async (options: ServerOptions) => {
      const { items } = await callServer(serverOf(options), 'campaigns', {})
      show(options.json, items, () =>
        items.length === 0
          ? ['There are no campaigns yet.']
          : items.map(
              ({ id, state, archived, startsAt, sentence }) =>
                `${id.padEnd(28)}  ${(archived ? 'archived' : (state ?? 'not sent')).padEnd(9)}  ${time(startsAt).padEnd(16)}  ${sentence}`,
            ),
      )
    })
    withServer(group.command('show <id>').description('Show the sends of a campaign and what became of everybody in them')).action(
      async (id: string, options: ServerOptions) => {
        const found = await callServer(serverOf(options), 'campaign', { params: { id } })
        show(options.json, found, () => [
          `${found.name}: ${found.sentence}.`,
          ...(found.sends.length === 0 ? ['It was never sent.'] : found.sends.flatMap(linesOf)),
        ])
      },
    )
    withServer(group.command('estimate <id>').description('Show how many a campaign would reach, and what that costs')).action(
      async (id: string, options: ServerOptions) => {
        const server = serverOf(options)
        const { definition } = await callServer(server, 'campaign', { params: { id } })
        const found = await callServer(server, 'estimateCampaign', { body: { definition } })
        show(options.json, found, () => estimateLines(found))
      },
    )
    withServer(group.command('send <id>').description('Send a campaign in its latest version; for 30 seconds it can be undone'))
      .option('--key <text>', 'asked again with the same key, nothing happens again')
      .action(async (id: string, options: ServerOptions & { readonly key?: string }) => {
        const { outcome, send } = await callServer(serverOf(options), 'sendCampaign', {
          params: { id },
          body: { ...(options.key !== undefined && { key: options.key }) },
        })
        show(options.json, { outcome, send }, () =>
          outcome === 'repeated'
            ? [`${id} was sent with this key before, as send ${send.number}.`]
            : send.state === 'waiting'
              ? [waitsWords(id, send)]
              : [
                  `Send ${send.number} of ${id} goes out at ${time(send.startsAt)} UTC.`,
                  ...(send.undoUntil === null
                    ? []
                    : [`\`throughline campaign undo ${id} ${send.number}\` takes it back within 30 seconds.`]),
                ],
        )
      })
    withServer(
      group.command('earnings <id> [number]').description('Show what a send brought: orders and revenue; the latest send by itself'),
    )
      .option('--within <time>', 'after each message, such as "3 days"; left out, what the goal of the campaign says')
      .action(async (id: string, which: string | undefined, options: ServerOptions & { readonly within?: string }) => {
        const server = serverOf(options)
        const sent = which ?? (await callServer(server, 'campaign', { params: { id } })).sends[0]?.number.toString()
        if (sent === undefined) return show(options.json, null, () => [`${id} was never sent.`])
        const found = await callServer(server, 'campaignEarnings', {
          params: { id, number: sent },
          query: { ...(options.within !== undefined && { within: options.within }) },
        })
        show(options.json, found, () => earningLines(id, sent, found))
      })
    withServer(
      group
        .command('resend <id> <number>')
        .description('Send once more to those who got a send and did not answer it; for 30 seconds it can be undone'),
    )
      .requiredOption('--to <whom>', 'who: not-opened or not-clicked')
      .option('--subject <text>', 'another subject line or title')
      .option('--with-goal', 'also to those who have done since what the campaign is for')
      .option('--estimate', 'show how many that reaches, and send nothing')
      .action(async (id: string, which: string, options: ServerOptions & ResendOptions) => {
        const server = serverOf(options)
        const whom = { to: options.to as ResendTo, exceptGoal: options.withGoal !== true }
        if (options.estimate === true) {
          const found = await callServer(server, 'estimateResend', { params: { id, number: which }, body: whom })
          return show(options.json, found, () => [
            `${number.format(found.audience)} got send ${which} and did not answer; ${number.format(found.meant)} of them are still meant.`,
            `${number.format(found.reachable)} can be reached: ${found.cost === null ? 'no price is set for the channel' : moneyOf(found.cost, found.currency)}.`,
          ])
        }
        const { send } = await callServer(server, 'resendCampaign', {
          params: { id, number: which },
          body: { ...whom, ...(options.subject !== undefined && { subject: options.subject }) },
        })
        show(options.json, send, () =>
          send.state === 'waiting'
            ? [waitsWords(id, send)]
            : [
                `Send ${send.number} of ${id} goes out at ${time(send.startsAt)} UTC.`,
                `\`throughline campaign undo ${id} ${send.number}\` takes it back within 30 seconds.`,
              ],
        )
      })
    withServer(group.command('redirect <id>').description('Let a link of a campaign lead elsewhere, also in messages that were sent'))
      .requiredOption('--from <url>', 'the address as it stands in the message')
      .option('--to <url>', 'where it leads by now; left out, where it did')
      .action(async (id: string, options: ServerOptions & { readonly from: string; readonly to?: string }) => {
        const { redirects } = await callServer(serverOf(options), 'redirectLink', {
          params: { id },
          body: { from: options.from, to: options.to ?? null },
        })
        show(options.json, redirects, () =>
          redirects.length === 0
            ? [`All links of ${id} lead where they did.`]
            : redirects.map(({ from, to }) => `${from}\n  leads to ${to}`),
        )
      })
    addResults(group)
    addApproval(group)
    for (const { verb, about, done } of verbs) {
      withServer(group.command(`${verb} <id> <number>`).description(about)).action(
        async (id: string, which: string, options: ServerOptions) => {
          const { before, send } = await callServer(serverOf(options), 'actOnSend', {
            params: { id, number: which },
            body: { action: verb },
          })
          show(options.json, { before, send }, () => [`Send ${which} of ${id} ${done}.`])
        },
      )
    }
  },
}

/** Who else writes to them about then. */
function overlapLines({ overlaps, notCompared }: CampaignEstimate): string[] {
  const n = (people: number): string => number.format(people)
  return [
    ...overlaps
      .filter(({ both }) => both > 0)
      .map(
        ({ campaign, name, at, both, margin }) =>
          `${n(both)} of them${margin === 0 ? '' : `, give or take ${n(margin)},`} are meant by “${name}” (${campaign}) at ${time(at)} UTC too.`,
      ),
    ...(notCompared === 0
      ? []
      : [`Campaigns about then that were not looked at, since at most four segments are compared: ${n(notCompared)}.`]),
  ]
}

function waitsWords(id: string, { number: n, approval }: CampaignSend): string {
  return `Send ${n} of ${id} waits for a second person: ${approval?.note ?? `somebody else approves it in the console, or with \`throughline campaign approve ${id} ${n} --as ADDRESS\`.`}`
}

function linesOf(send: CampaignSend): string[] {
  const n = (people: number): string => number.format(people)
  const { audience, sent, heldBack, cancelled, underWay, progress } = send
  return [
    '',
    `Send ${send.number}, version ${send.version}: ${send.state}, by ${send.by}, ${time(send.startedAt ?? send.startsAt)} UTC${send.note === null ? '' : `. ${send.note}`}`,
    `  ${n(audience)} in the audience${send.isWhole ? '' : ' so far'} = ${n(sent)} sent + ${n(heldBack)} held back + ${n(cancelled)} cancelled + ${n(underWay)} under way`,
    ...send.reasons.map(({ reason, people }) => `    ${n(people).padStart(9)}  ${reason}`),
    `  ${n(send.opened)} opened, ${n(send.clicked)} clicked`,
    ...(send.approval === null ? [] : [`  ${approvalWords(send.approval)}`]),
    ...(send.ramp === null ? [] : [`  ${send.ramp.words}`]),
    ...(send.test === null ? [] : [`  ${send.test.words}`]),
    ...(progress === null
      ? []
      : [
          `  ${Math.floor(progress.share * 100)} % done, ${n(progress.perMinute)} a minute${progress.secondsLeft === null ? '' : `, about ${n(Math.ceil(progress.secondsLeft / 60))} minutes left`}`,
        ]),
  ]
}

function earningLines(id: string, sent: string, { within, isOver, orders, ordersAfterClick, revenue, goal }: CampaignEarnings): string[] {
  const n = (people: number): string => number.format(people)
  return [
    `Send ${sent} of ${id}, within ${within} after each message${isOver ? '' : ' so far'}:`,
    `  ${n(orders)} orders, ${n(ordersAfterClick)} of them after a click; ${n(goal.people)} people did ${goal.event}`,
    ...revenue.map(
      ({ currency, total, afterClick }) => `  ${moneyOf(total, currency)}, ${moneyOf(afterClick, currency)} of it after a click`,
    ),
  ]
}

/** How many a campaign would reach, what that costs, and what stands before it goes out. */
export function estimateLines(found: CampaignEstimate): string[] {
  const about = found.exact ? '' : `, give or take ${number.format(found.margin)}`
  return [
    `${number.format(found.audience)} in the audience, ${number.format(found.excluded)} of them excluded.`,
    `${number.format(found.reachable)} can be reached${about}: ${found.cost === null ? 'no price is set for the channel' : moneyOf(found.cost, found.currency)}.`,
    ...(found.heldOut === 0 ? [] : [`About ${number.format(found.heldOut)} besides are held out.`]),
    ...(found.seconds === null
      ? []
      : [`At its pace, with the pauses of its ramp, it takes ${number.format(Math.ceil(found.seconds / 60))} minutes.`]),
    ...(found.startsAt === null ? [] : [`Sent now, it would go out at ${time(found.startsAt)} UTC.`]),
    ...(found.needsApproval ? ['It would wait until a second person has approved it.'] : []),
    ...overlapLines(found),
  ]
}

function moneyOf(minor: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' })
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}
