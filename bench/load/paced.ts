import { requestOf, userOf } from '../model.ts'
import { ClientConnection } from './connection.ts'

/**
 * Clients that send at a fixed rate whatever the answers do (an open loop): a request that finds every connection busy waits for
 * one, and its wait counts.
 */
export class PacedClients {
  private readonly connections: readonly ClientConnection[]
  private readonly requests: readonly Buffer[]

  constructor(port: number, connections: number) {
    this.connections = Array.from({ length: connections }, () => new ClientConnection(port))
    this.requests = Array.from({ length: 100 }, (_, index) => requestOf(userOf(index)))
  }

  /** Requests so far that were not answered, or not with 2xx. */
  get failures(): number {
    return this.connections.reduce((sum, { failures }) => sum + failures, 0)
  }

  /** Sends `ratePerS` for so long. @returns latencies in milliseconds, once all answers are in */
  async run(ratePerS: number, seconds: number): Promise<readonly number[]> {
    const total = Math.round(ratePerS * seconds)
    const latencies: number[] = []
    const idle = this.connections.filter(({ open }) => open)
    const waiting: number[] = [] // when those became due that found no connection
    const startedAt = performance.now()
    let due = 0
    let ended = 0
    return await new Promise((resolve) => {
      const send = (connection: ClientConnection, dueAt: number, request: Buffer): void => {
        connection.request(request, (answer) => {
          if (answer !== undefined) latencies.push(performance.now() - dueAt)
          if (++ended === total) return resolve(latencies)
          const next = waiting.shift()
          if (next === undefined) idle.push(connection)
          else send(connection, next, request)
        })
      }
      // a timer of 1 ms is late by some of one; how late the clients are is not the proxy's doing and does not count
      const timer = setInterval(() => {
        const now = performance.now()
        for (const until = Math.min(total, Math.floor((now - startedAt) * ratePerS / 1000)); due < until; due++) {
          const connection = idle.pop()
          const request = this.requests[due % this.requests.length]
          if (connection !== undefined && request !== undefined) send(connection, now, request)
          else waiting.push(now)
        }
        if (due === total) clearInterval(timer)
      }, 1)
    })
  }

  close(): void {
    for (const connection of this.connections) connection.close()
  }
}
