import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Product } from './latency-run.ts'

/** What of a send the benches look at. */
export interface Sum {
  readonly state: string
  readonly audience: number
  readonly sent: number
  readonly heldBack: number
  readonly cancelled: number
  readonly underWay: number
}

/** Makes so many people beside those of the bench and publishes a campaign to everybody, which goes out when a program asks. */
export async function prepareCampaign(product: Product, people: number): Promise<void> {
  process.stderr.write(`importing ${people} people …\n`)
  const size = 2_000
  const calls = Array.from({ length: Math.ceil(people / size) }, (_, call) => call)
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let call = calls.pop(); call !== undefined; call = calls.pop()) {
        const from = call * size
        const events = Array.from({ length: Math.min(size, people - from) }, (_, index) => ({
          type: 'identify',
          messageId: `reader-${from + index}`,
          userId: `reader-${from + index}`,
          traits: { email: `reader-${from + index}@example.com`, firstName: `Reader ${from + index}` },
        }))
        await product.api('POST', '/api/import', { source: 'bench', triggers: false, events })
      }
    }),
  )
  await product.api('POST', '/api/definitions', {
    definitions: [
      {
        kind: 'campaign',
        id: 'bench',
        name: 'Bench',
        audience: {},
        message: { channel: 'email', template: 'bench-bulk' },
        when: { kind: 'api' },
      },
    ],
  })
  for (;;) {
    const { inboxBehind } = (await product.api('GET', '/api/status')) as { inboxBehind: number }
    if (inboxBehind === 0) return
    await sleep(500)
  }
}

/** Sends it; nobody waits for an undo where a program asks. */
export async function sendCampaign(product: Product): Promise<void> {
  await product.api('POST', '/api/campaigns/bench/send', { properties: { n: 1, items: [{ name: 'Tea', price: 4.5 }] } })
}

export async function readSum(product: Product): Promise<Sum> {
  const { sends } = (await product.api('GET', '/api/campaigns/bench')) as { sends: Sum[] }
  return sends[0]!
}

/** Resident memory of the process that serves and works, MiB. */
export function residentMib({ pid }: Product): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Math.round(Number(found?.[1] ?? 0) / 1_024)
}
