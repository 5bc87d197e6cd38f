import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { RequestFact } from '../http/app.ts'

/** Numbers for Prometheus; each open registry has its own. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #seconds: Histogram
  readonly #records: Counter
  readonly #size: Gauge

  constructor(size: () => Promise<number>) {
    collectDefaultMetrics({ register: this.#registry })
    this.#seconds = new Histogram({
      name: 'stele_http_request_seconds',
      help: 'Time from the first byte of a request to the last byte of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60],
      registers: [this.#registry],
    })
    this.#records = new Counter({
      name: 'stele_deposits_total',
      help: 'Deposits answered, by outcome',
      labelNames: ['outcome'],
      registers: [this.#registry],
    })
    this.#size = new Gauge({
      name: 'stele_log_size',
      help: 'Entries in the log',
      registers: [this.#registry],
      collect: async () => this.#size.set(await size()),
    })
  }

  observeRequest({ method, route, status, seconds }: RequestFact): void {
    this.#seconds.observe({ method, route, status }, seconds)
  }

  countDeposit(outcome: 'added' | 'already-there'): void {
    this.#records.inc({ outcome })
  }

  async text(): Promise<{ text: string; mediaType: string }> {
    return { text: await this.#registry.metrics(), mediaType: this.#registry.contentType }
  }
}
