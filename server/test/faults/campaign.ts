import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CampaignSend } from '@throughline/contracts'
import { startProduct } from './product.ts'
import type { Outcome, Scenario } from './scenarios.ts'
import { startSink, type Received } from './sink.ts'
import { call, checkMail } from './verify.ts'

const PEOPLE = 3_000
/** Of them, those who get the throttled campaign. */
const FEW = 300
const PER_MINUTE = 1_200
const KILLS = 2
/** What a worker that is killed had in hand is handed over again when its claim has run out. */
const LIMIT_MS = 300_000

const definitions = [
  {
    kind: 'template',
    id: 'news',
    name: 'News',
    channel: 'email',
    subject: '{{ event.properties.which }} News for {{ profile.name }}',
    html: '<p>Hello {{ profile.name }}</p>',
  },
  { kind: 'segment', id: 'few', name: 'Few', where: { kind: 'trait', trait: 'few', compare: { op: 'is', value: true } } },
  ...[
    { id: 'all', name: 'All', audience: {} },
    { id: 'slowly', name: 'Slowly', audience: { segment: 'few' }, perMinute: PER_MINUTE },
  ].map((one) => ({ kind: 'campaign', ...one, message: { channel: 'email', template: 'news' }, when: { kind: 'api' } })),
]

/** Two campaigns, one of them throttled, while the program is killed and begun again. */
export const campaign: Scenario = {
  name: 'campaign: kill -9 while one goes out, and another one slowly',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'throughline-faults-'))
    const sink = await startSink()
    const begin = (port?: number) =>
      startProduct('start', {
        folder,
        name: 'start',
        environment: { THROUGHLINE_SMTP_URL: sink.url },
        ...(port === undefined ? {} : { port }),
      })
    let product = await begin()
    const port = Number(new URL(product.address).port)
    const problems: string[] = []
    const kills: number[] = []
    try {
      await product.ready()
      for (let from = 0; from < PEOPLE; from += 1_000) {
        const events = Array.from({ length: 1_000 }, (_, i) => from + i).map((n) => ({
          type: 'identify',
          messageId: `c-${n}`,
          userId: `c-${n}`,
          traits: { email: `c-${n}@load.example`, name: `Person ${n}`, few: n < FEW },
        }))
        await call(product.address, 'importEvents', { body: { source: 'faults', triggers: false, events } })
      }
      await call(product.address, 'applyDefinitions', { body: { definitions } })
      await until('everybody is known', async () => (await call(product.address, 'status')).inboxBehind === 0)

      for (const id of ['slowly', 'all'])
        await call(product.address, 'sendCampaign', { params: { id }, body: { properties: { which: id } } })
      for (let n = 0; n < KILLS; n++) {
        const before = sink.received.length
        await until('mails go out', () => sink.received.length > before + 200)
        await sleep(Math.random() * 300)
        kills.push(Date.now())
        await product.kill()
        product = await begin(port)
        await product.ready()
      }
      let repeated = 0
      for (const [id, people] of Object.entries({ all: PEOPLE, slowly: FEW })) {
        checkSum(id, await untilDone(product.address, id), people, problems)
        const received = sink.received.filter(({ subject }) => subject.startsWith(`${id} `))
        repeated += checkMail('c', people, received, kills, new Set(), problems)
        if (id === 'slowly') checkRate(received, problems)
      }
      return {
        problems,
        summary: `${kills.length} kills, ${sink.received.length} mails to ${PEOPLE} and ${FEW} people, ${repeated} repeated under their Message-ID`,
      } satisfies Outcome
    } finally {
      if (product.isRunning()) await product.stop()
      await sink.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

async function untilDone(address: string, id: string): Promise<CampaignSend> {
  let found: CampaignSend | undefined
  await until(`the send of ${id} is done`, async () => {
    found = (await call(address, 'campaign', { params: { id } })).sends[0]
    return found?.state === 'done'
  })
  return found!
}

function checkSum(id: string, send: CampaignSend, people: number, problems: string[]): void {
  const { audience, sent, heldBack, cancelled, underWay } = send
  if (audience !== people || sent !== people || heldBack + cancelled + underWay !== 0)
    problems.push(
      `The send of ${id} counts ${JSON.stringify({ audience, sent, heldBack, cancelled, underWay })}; ${people} people were meant.`,
    )
}

/**
 * So many came about a minute, whatever was killed: what the throttle let come about before a kill may go out at once after it, and so no more
 * than a second's worth above the rate from the first mail on; the way from there to the sink may take some a few seconds longer than the first,
 * behind the other campaign. Without a throttle all 300 would be there within a second or two.
 */
function checkRate(received: readonly Received[], problems: string[]): void {
  const begun = received[0]?.at ?? 0
  const firsts = received.filter((one, index) => received.findIndex(({ to }) => to === one.to) === index)
  for (const [index, { at }] of firsts.entries()) {
    const allowed = ((at - begun) / 60_000 + 6 / 60) * PER_MINUTE
    if (index + 1 > allowed)
      return void problems.push(
        `${index + 1} mails had gone out ${at - begun} ms after the first, where ${PER_MINUTE} a minute are allowed.`,
      )
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + LIMIT_MS; ; await sleep(100)) {
    if (await Promise.resolve(holds()).catch(() => false)) return
    if (Date.now() > end) throw new Error(`${what}: not within ${LIMIT_MS / 1_000} s`)
  }
}
