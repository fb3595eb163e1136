import type { Lab } from '../lab.ts'
import { fetchText } from '../load/connection.ts'
import { ANSWERS, requestOf, userOf } from '../model.ts'
import { freePorts } from '../ports.ts'
import type { Server } from '../processes.ts'

/** A way to the models that can be measured. */
export interface Variant {
  readonly name: string
  /** Why it cannot be measured here; undefined when it can. */
  readonly missing: string | undefined
  readonly start: (lab: Lab) => Promise<RunningProxy>
}

export interface RunningProxy {
  readonly name: string
  /** Where clients connect. */
  readonly port: number
  /** Root of its processes; undefined when there is no proxy between. */
  readonly pid: number | undefined
  /** What it has written. */
  readonly output: () => string
  /** Waits until it has done what it does after its answers, where it does anything. */
  readonly settled?: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Whether its answers are meant to be others than the model's. */
  readonly degrades?: boolean
}

/** No proxy at all: what load generator and models can do by themselves. */
export const direct = (port: number): Variant => ({
  name: 'direct',
  missing: undefined,
  start: () => Promise.resolve({ name: 'direct', port, pid: undefined, output: () => '', stop: () => Promise.resolve() })
})

const ATTEMPTS = 3

/** Starts a process on free ports. A port may be taken between being found and being listened on: then on others. */
export async function onFreePorts<T>(count: number, start: (ports: readonly number[]) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePorts(count))
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
    }
  }
}

/** A proxy that is one process on one port. */
export async function proxyOn(name: string, start: (port: number) => Promise<Server>): Promise<RunningProxy> {
  return onFreePorts(1, async ([port = 0]) => ({ name, port, ...await start(port) }))
}

/** Asks once what the load will ask. @throws Error unless the answer is the model's */
export async function checkAnswer({ name, port, output, degrades }: RunningProxy): Promise<void> {
  const { status, body } = await fetchText(port, requestOf(userOf(0)))
  if (status !== 200 || (body !== ANSWERS.stable) !== (degrades === true)) throw new Error(`${name}: expected the model's answer; got ${status} ${body}\n${output()}`)
}
