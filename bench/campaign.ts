// A campaign to a million simulated people, of an e-mail of 8 KB on the wire each, through the whole product to a local sink that greets at once.
// --small: to a fiftieth of them; --people=N: to so many; --kilobytes=N: of e-mails of at least so many kilobytes.
import { setTimeout as sleep } from 'node:timers/promises'
import { prepareCampaign, readSum, residentMib, sendCampaign } from './lib/campaign-run.ts'
import { cpuTimesOf } from './lib/cpu.ts'
import { measureBareSending, measure, startProduct } from './lib/latency-run.ts'
import { report } from './lib/report.ts'

const asked = Number(process.argv.find((word) => word.startsWith('--people='))?.slice('--people='.length))
const PEOPLE = asked > 0 ? asked : process.argv.includes('--small') ? 20_000 : 1_000_000
/** What is not sent by then is not waited for. */
const LIMIT_MS = 60_000 + PEOPLE * 4
const product = await startProduct()
try {
  await measure(product, { perSecond: 100, seconds: 2, run: 'warm' })
  const bare = await measureBareSending(product, { count: 10_000, connections: 8 })
  await prepareCampaign(product, PEOPLE)
  const [taken, takenBytes] = [product.sink.count(), product.sink.bytes()]
  const memory = [residentMib(product)]
  const cpu = cpuTimesOf(product.pid)
  const begun = performance.now()
  await sendCampaign(product)
  let sum = await readSum(product)
  let first = 0
  while (sum.state !== 'done' && performance.now() - begun < LIMIT_MS) {
    await sleep(1_000)
    if (first === 0 && product.sink.count() > taken) first = performance.now()
    memory.push(residentMib(product))
    sum = await readSum(product)
  }
  const seconds = (performance.now() - (first === 0 ? begun : first)) / 1_000
  const messages = product.sink.count() - taken
  const cpuAfter = cpuTimesOf(product.pid)
  const perMessage = (kind: keyof typeof cpu): number => Math.round(((cpuAfter[kind] - cpu[kind]) * 1_000) / Math.max(1, messages))
  const half = Math.ceil(memory.length / 2)
  report({
    bench: 'campaign',
    value: messages / seconds,
    unit: 'messages/s',
    reference: bare,
    detail: {
      reference: 'the same message handed over bare, by eight open connections',
      people: PEOPLE,
      messages,
      bytesPerMessage: Math.round((product.sink.bytes() - takenBytes) / Math.max(1, messages)),
      seconds: Math.round(seconds),
      sum,
      addsUp: sum.sent + sum.heldBack + sum.cancelled + sum.underWay === sum.audience,
      twice: messages - sum.sent,
      memoryMib: { before: memory[0], firstHalf: Math.max(...memory.slice(0, half)), secondHalf: Math.max(...memory.slice(half)) },
      // Other work on the machine does not change it as it changes the rate.
      cpuMicrosecondsPerMessage: { node: perMessage('node'), postgres: perMessage('postgres'), clickhouse: perMessage('clickhouse') },
      promised: { messagesPerSecond: 2_500 },
    },
  })
} finally {
  await product.stop()
}
