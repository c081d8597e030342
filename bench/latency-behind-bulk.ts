// The same as latency, while 200,000 bulk events are being worked off that each send an e-mail too.
import { importBulk, measure, measureBare, percentile, startProduct, type Product } from './lib/latency-run.ts'
import { report } from './lib/report.ts'

const PER_SECOND = 500
const BULK = 200_000

async function outboxOf(product: Product): Promise<{ inbox: number; outbox: number }> {
  const { inboxBehind, outboxQueued } = (await product.api('GET', '/api/status')) as { inboxBehind: number; outboxQueued: number }
  return { inbox: inboxBehind, outbox: outboxQueued }
}

const product = await startProduct()
try {
  await measure(product, { perSecond: 200, seconds: 3, run: 'warm' })
  const bare = await measureBare(product, { perSecond: PER_SECOND, seconds: 8 })
  await importBulk(product, BULK)
  const before = await outboxOf(product)
  const taken = product.sink.count()
  const { latencies, lost } = await measure(product, { perSecond: PER_SECOND, seconds: 40, run: 'b' })
  const after = await outboxOf(product)
  const [p50, p99, reference] = [percentile(latencies, 0.5), percentile(latencies, 0.99), percentile(bare, 0.99)]
  report({
    bench: 'latency-behind-bulk',
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
      bulkEvents: BULK,
      waitingBefore: before,
      waitingAfter: after,
      bulkMessagesMeanwhile: product.sink.count() - taken - latencies.length,
      bareP50: percentile(bare, 0.5),
      bareP99: reference,
      promised: { p99: 200 },
    },
  })
} finally {
  await product.stop()
}
