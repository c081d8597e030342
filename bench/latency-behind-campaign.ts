// The same as latency, while a campaign goes out. --small: to 20,000 people and for a shorter time.
import { setTimeout as sleep } from 'node:timers/promises'
import { prepareCampaign, readSum, sendCampaign } from './lib/campaign-run.ts'
import { measure, measureBare, percentile, startProduct } from './lib/latency-run.ts'
import { report } from './lib/report.ts'

const SMALL = process.argv.includes('--small')
const PER_SECOND = SMALL ? 100 : 500
const product = await startProduct()
try {
  await measure(product, { perSecond: 100, seconds: 3, run: 'warm' })
  const bare = await measureBare(product, { perSecond: PER_SECOND, seconds: SMALL ? 4 : 8 })
  await prepareCampaign(product, SMALL ? 20_000 : 1_000_000)
  await sendCampaign(product)
  const taken = product.sink.count()
  while (product.sink.count() === taken) await sleep(50)
  const { latencies, lost } = await measure(product, { perSecond: PER_SECOND, seconds: SMALL ? 10 : 40, run: 'b' })
  const sum = await readSum(product)
  const [p50, p99, reference] = [percentile(latencies, 0.5), percentile(latencies, 0.99), percentile(bare, 0.99)]
  report({
    bench: 'latency-behind-campaign',
    value: p99,
    unit: 'ms',
    reference,
    detail: {
      p50,
      p99,
      max: Math.max(...latencies),
      messages: latencies.length,
      lost,
      perSecond: PER_SECOND,
      campaignMeanwhile: sum,
      bareP50: percentile(bare, 0.5),
      bareP99: reference,
      promised: { p99: 200 },
    },
  })
} finally {
  await product.stop()
}
