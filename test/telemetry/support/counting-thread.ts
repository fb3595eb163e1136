import { parentPort } from 'node:worker_threads'
import { ThreadMeter } from '../../../src/telemetry/thread-meter.ts'

// counts, and dies for real before anything was read
const meter = new ThreadMeter((series) => parentPort?.postMessage(series))
meter.gauge('connections', {}).set(7)
const counter = meter.counter('retries_total', { backend: 'x' })
for (let i = 0; i < 1000; i++) counter.add()
throw new Error('dies on purpose')
