import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MAX_EXPERIMENTS, Switchboard } from '../../src/chaos/switchboard.ts'

describe('a switchboard', () => {
  it('runs an experiment until its time, and not at it', () => {
    const board = new Switchboard()
    expect(board.isRunning(3, 0)).toBe(false)
    board.start(3, { nowMs: 0, untilMs: 1000 })
    expect(board.isRunning(3, 999.999)).toBe(true)
    expect(board.isRunning(3, 1000)).toBe(false)
    expect(board.until(3)).toBe(1000)
    expect(board.isRunning(2, 0)).toBe(false)
    expect(board.isRunning(4, 0)).toBe(false)
  })

  it('stops one, or all', () => {
    const board = new Switchboard()
    board.start(0, { nowMs: 0, untilMs: 1000 })
    board.start(MAX_EXPERIMENTS - 1, { nowMs: 0, untilMs: 1000 })
    board.stop(0)
    expect([board.isRunning(0, 0), board.isRunning(MAX_EXPERIMENTS - 1, 0)]).toEqual([false, true])
    board.stopAll()
    expect(board.isRunning(MAX_EXPERIMENTS - 1, 0)).toBe(false)
  })

  it('does not run what it has no slot for', () => {
    const board = new Switchboard()
    board.start(MAX_EXPERIMENTS, { nowMs: 0, untilMs: 1000 })
    expect([board.isRunning(MAX_EXPERIMENTS, 0), board.isRunning(-1, 0), board.until(MAX_EXPERIMENTS)]).toEqual([false, false, 0])
    expect(board.active).toBe(0)
  })

  it('is one for all who share its memory', () => {
    const board = new Switchboard()
    const other = new Switchboard(board.memory, 1)
    board.start(7, { nowMs: 0, untilMs: 1000 })
    expect(other.isRunning(7, 0)).toBe(true)
    expect(board.enter(1)).toBe(true)
    expect(other.enter(1)).toBe(false)
    board.leave()
    expect(other.enter(1)).toBe(true)
  })

  it('has as many places as the limit of the moment says', () => {
    const board = new Switchboard()
    expect([board.enter(2), board.enter(2), board.enter(2), board.enter(3)]).toEqual([true, true, false, true])
    expect(board.active).toBe(3)
    board.leave(3)
    expect(board.active).toBe(0)
  })

  it('gets back the places of a thread that is gone, and of no other', () => {
    const boards = [0, 1].reduce<Switchboard[]>((made, thread) => [...made, new Switchboard(made[0]?.memory, thread)], [])
    for (let i = 0; i < 3; i++) boards[0]!.enter(100)
    for (let i = 0; i < 5; i++) boards[1]!.enter(100)
    boards[1]!.leave()
    new Switchboard(boards[0]!.memory).abandon(1)
    expect(boards[0]!.active).toBe(3)
    boards[0]!.abandon(1)
    expect(boards[0]!.active).toBe(3)
    boards[0]!.leave(3)
    expect(boards[0]!.active).toBe(0)
  })
})

describe('the cap on requests under a fault', () => {
  const LIMIT = 3
  const THREADS = 4

  it('is never passed by threads that enter and leave at once, and no place is lost', async () => {
    const board = new Switchboard()
    // [ inside now | most that were ever inside | entered | refused | go ]
    const seen = new Int32Array(new SharedArrayBuffer(20))
    const workers = Array.from({ length: THREADS }, (_, thread) => {
      const worker = new Worker(new URL('support/entering-thread.ts', import.meta.url), { workerData: { memory: board.memory, thread, limit: LIMIT, seen: seen.buffer } })
      onTestFinished(async () => void await worker.terminate())
      return worker
    })
    await Promise.all(workers.map((worker) => once(worker, 'message')))
    Atomics.store(seen, 4, 1)
    Atomics.notify(seen, 4)
    await Promise.all(workers.map((worker) => once(worker, 'exit')))
    const [inside, most, entered, refused] = seen
    expect(inside).toBe(0)
    expect(most).toBe(LIMIT)
    expect(entered! + refused!).toBe(THREADS * 100_000)
    expect(refused).toBeGreaterThan(0)
    expect(board.active).toBe(0)
  })
})
