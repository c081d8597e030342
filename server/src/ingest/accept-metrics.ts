import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** What the operator sees of accepting on /metrics. */
export interface AcceptMetrics {
  readonly events: Counter<'outcome'>
  readonly rejected: Counter<'code'>
  readonly groupSize: Histogram
  readonly latency: Histogram
  readonly commit: Histogram
  readonly failures: Counter<'reason'>
}

export function makeAcceptMetrics(registry: Registry, queued: () => number): AcceptMetrics {
  const registers = [registry]
  new Gauge({
    name: 'throughline_accept_queued',
    help: 'Events that wait for their commit',
    registers,
    collect() {
      this.set(queued())
    },
  })
  return {
    events: new Counter({
      name: 'throughline_accept_events_total',
      help: 'Events by what became of them: accepted, duplicate, rejected',
      labelNames: ['outcome'],
      registers,
    }),
    rejected: new Counter({ name: 'throughline_rejected_events_total', help: 'Refused events by reason', labelNames: ['code'], registers }),
    groupSize: new Histogram({
      name: 'throughline_accept_group_events',
      help: 'Events per commit',
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500],
      registers,
    }),
    latency: new Histogram({
      name: 'throughline_accept_seconds',
      help: 'From taking a call to its commit',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers,
    }),
    commit: new Histogram({
      name: 'throughline_accept_commit_seconds',
      help: 'Duration of one accepting transaction',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers,
    }),
    failures: new Counter({
      name: 'throughline_accept_failures_total',
      help: 'Commits that failed, by reason',
      labelNames: ['reason'],
      registers,
    }),
  }
}
