import { parentPort, workerData } from 'node:worker_threads'
import { Switchboard } from '../../../src/chaos/switchboard.ts'

// enters and leaves as fast as it can, and keeps count of how many threads are inside
const { memory, thread, limit, seen: shared } = workerData as { memory: SharedArrayBuffer, thread: number, limit: number, seen: SharedArrayBuffer }
const board = new Switchboard(memory, thread)
const seen = new Int32Array(shared)

parentPort?.postMessage('ready')
Atomics.wait(seen, 4, 0)
let holding = 0
for (let i = 0; i < 100_000; i++) {
  if (board.enter(limit)) {
    holding++
    const inside = Atomics.add(seen, 0, 1) + 1
    for (let most = Atomics.load(seen, 1); inside > most; most = Atomics.load(seen, 1)) Atomics.compareExchange(seen, 1, most, inside)
    Atomics.add(seen, 2, 1)
  } else {
    Atomics.add(seen, 3, 1)
  }
  // holds on to a place now and then, so that all are taken at times
  if (holding > 0 && i % 3 !== thread % 3) {
    Atomics.sub(seen, 0, 1)
    board.leave()
    holding--
  }
}
for (; holding > 0; holding--) {
  Atomics.sub(seen, 0, 1)
  board.leave()
}
