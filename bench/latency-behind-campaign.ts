// The same as latency, while a campaign goes out. --small: to 20,000 people, at one rate and for a shorter time.
import { setTimeout as sleep } from 'node:timers/promises'
import { prepareCampaign, readSum, sendCampaign } from './lib/campaign-run.ts'
import { measure, measureBare, percentile, startProduct } from './lib/latency-run.ts'
import { report } from './lib/report.ts'

const SMALL = process.argv.includes('--small')
/** Events a second, one rate after the other. */
const RATES = SMALL ? [100] : [100, 200, 500]
const [SECONDS, BARE_SECONDS] = SMALL ? [10, 4] : [40, 8]
const HIGHEST = RATES.at(-1)!
const product = await startProduct()
try {
  await measure(product, { perSecond: 100, seconds: 3, run: 'warm' })
  const bare = await measureBare(product, { perSecond: HIGHEST, seconds: BARE_SECONDS })
  await prepareCampaign(product, SMALL ? 20_000 : 1_000_000)
  await sendCampaign(product)
  const taken = product.sink.count()
  while (product.sink.count() === taken) await sleep(50)
  const rates = []
  let before = 0
  for (const perSecond of RATES) {
    const { latencies, lost } = await measure(product, { perSecond, seconds: SECONDS, run: `b${perSecond}` })
    const { state, sent } = await readSum(product)
    rates.push({
      perSecond,
      p50: percentile(latencies, 0.5),
      p99: percentile(latencies, 0.99),
      max: Math.max(...latencies),
      messages: latencies.length,
      lost,
      campaign: { state, sentMeanwhile: sent - before },
    })
    before = sent
  }
  const reference = percentile(bare, 0.99)
  report({
    bench: 'latency-behind-campaign',
    value: rates.at(-1)!.p99,
    unit: `ms, p99 at ${HIGHEST} events a second`,
    reference,
    detail: { rates, bareP50: percentile(bare, 0.5), bareP99: reference, promised: { p99: 200 } },
  })
} finally {
  await product.stop()
}
