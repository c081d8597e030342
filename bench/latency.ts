// From an event's HTTP request to its e-mail at an SMTP sink, at 500 events a second, through the whole product.
import { measure, measureBare, percentile, startProduct } from './lib/latency-run.ts'
import { report } from './lib/report.ts'

// --per-second=200 shows how it does at another rate; the promise is for 500.
const PER_SECOND = Number(process.argv.find((word) => word.startsWith('--per-second='))?.slice(13) ?? 500)
const product = await startProduct()
try {
  await measure(product, { perSecond: 200, seconds: 3, run: 'warm' })
  const { latencies, lost } = await measure(product, { perSecond: PER_SECOND, seconds: 20, run: 'a' })
  const bare = await measureBare(product, { perSecond: PER_SECOND, seconds: 8 })
  const [p50, p99, reference] = [percentile(latencies, 0.5), percentile(latencies, 0.99), percentile(bare, 0.99)]
  report({
    bench: 'latency',
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
      bareP50: percentile(bare, 0.5),
      bareP99: reference,
      promised: { p50: 10, p99: 60 },
    },
  })
} finally {
  await product.stop()
}
