/**
 * Metrics: what the operator's Prometheus reads at /metrics. A domain registers its own on the registry it is handed;
 * names begin with `throughline_`.
 */
import { collectDefaultMetrics, Registry } from 'prom-client'

export type { Registry } from 'prom-client'

/** A registry with the figures of the process itself (memory, CPU, event loop, garbage collection). */
export function makeMetrics(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}
