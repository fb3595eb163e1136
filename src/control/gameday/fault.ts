import { setTimeout as sleep } from 'node:timers/promises'
import { AskError } from './ask.ts'
import type { WindtunnelClient } from './windtunnel-client.ts'

export interface FaultOptions {
  readonly windtunnel: WindtunnelClient
  readonly now: () => number
  readonly say: (line: string) => void
  /** Ends a fault early. */
  readonly signal: AbortSignal
}

/** One fault at a time, that does not outlive whoever asked for it. */
export interface Fault {
  /**
   * Starts an experiment, waits for `wait`, and stops it whatever became of that. What went wrong is noted.
   * `wait` is given how long the experiment lasts, ms, where the API says so.
   */
  during(experiment: string, notes: string[], wait: (durationMs: number | undefined) => Promise<void>): Promise<void>
  /** Told which experiments run, by an answer to what was asked then. */
  saw(running: ReadonlySet<string>, sentMs: number): void
  /** Whether the experiment ended by itself, or was ended by someone else. */
  isOver(): boolean
  /** Why an experiment could not be stopped; undefined when all were. */
  stuck(): string | undefined
}

/** Often enough for leases of seconds; each renewal is a line in Windtunnel's log. */
const RENEW_EVERY_MS = 2000
/** An interrupted run stops its fault all the same, so that these have a time of their own. */
const STOP_TRIES = 5
const STOP_PAUSE_MS = 500

export function createFault({ windtunnel, now, say, signal }: FaultOptions): Fault {
  let current: { readonly name: string, readonly sinceMs: number, wasSeen: boolean, isOver: boolean } | undefined
  let stuck: string | undefined

  const stop = async (name: string, notes: string[]): Promise<void> => {
    let reason = ''
    for (let i = 0; i < STOP_TRIES; i++) {
      try {
        await windtunnel.stop(name, new AbortController().signal) // oxlint-disable-line no-await-in-loop -- tried again only when it failed
        say(`${name}: stopped`)
        return
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error)
        // there is nothing to stop when there is no such experiment any more
        if (error instanceof AskError && error.status === 404) return void notes.push(`not stopped: ${reason}`)
        await sleep(STOP_PAUSE_MS) // oxlint-disable-line no-await-in-loop -- a moment for it to come back
      }
    }
    stuck = `experiment ${name} could not be stopped: ${reason}; it ends by itself when its duration is over`
    notes.push(stuck)
    say(stuck)
  }

  const renew = async (name: string, ended: AbortSignal): Promise<void> => {
    while (!ended.aborted) {
      try {
        await sleep(RENEW_EVERY_MS, undefined, { signal: ended }) // oxlint-disable-line no-await-in-loop -- the pace
        if (!await windtunnel.renew(name, ended)) return // oxlint-disable-line no-await-in-loop -- one after the other
      } catch {
        // the next one may succeed, and an experiment that ends for want of it is seen to end
      }
    }
  }

  return {
    during: async (name, notes, wait) => {
      const ended = new AbortController()
      let renewing: Promise<void> | undefined
      try {
        const experiments = await windtunnel.start(name, signal)
        current = { name, sinceMs: now(), wasSeen: false, isOver: false }
        say(`${name}: started`)
        renewing = renew(name, AbortSignal.any([signal, ended.signal]))
        await wait(experiments.find((experiment) => experiment.name === name)?.durationMs)
        if (current.isOver) {
          const note = `it ended after ${Math.round((now() - current.sinceMs) / 1000)} s, before it was stopped`
          notes.push(note)
          say(`${name}: ${note}`)
        }
      } catch (error) {
        if (!(error instanceof AskError)) throw error
        notes.push(`not started: ${error.message}`)
        say(`${name}: not started: ${error.message}`)
      } finally {
        ended.abort()
        current = undefined
        await stop(name, notes)
        await renewing
      }
    },
    saw: (running, sentMs) => {
      if (current === undefined || sentMs < current.sinceMs) return
      if (running.has(current.name)) current.wasSeen = true
      else if (current.wasSeen) current.isOver = true
    },
    isOver: () => current?.isOver === true,
    stuck: () => stuck
  }
}
