import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { type Batch, taken } from '../../../src/core/handover.ts'
import { RecordReader } from '../../../src/core/records.ts'

// counts the records of whole batches, and dies for real in the middle of the one it is told
const { diesIn } = workerData as { diesIn: number }
let batches = 0

parentPort?.on('message', ({ port, memory, done }: { port: MessagePort, memory: SharedArrayBuffer, done: SharedArrayBuffer }) => {
  port.on('message', (batch: Batch) => {
    batches++
    const reader = new RecordReader(batch.memory, batch.size)
    let count = 0
    while (!reader.done) {
      reader.integer()
      reader.octets()
      count++
      if (batches === diesIn && count === 10) throw new Error('dies on purpose')
    }
    Atomics.add(new Int32Array(done), 0, count)
    taken(memory, batch.size)
  })
})
