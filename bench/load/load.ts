import { join } from 'node:path'
import type { Lab } from '../lab.ts'
import { isInstalled } from '../machine.ts'
import { PATH, QUESTION, USERS } from '../model.ts'

/** Connections of every load, all kept alive. */
export const CONNECTIONS = 64

/** What a closed loop of clients has seen: each sends its next request when it has its answer. */
export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Requests without an answer, and answers that were not 2xx. */
  readonly errors: number
}

/** A load generator, run in a process of its own. */
export interface Load {
  readonly name: string
  readonly run: (lab: Lab, port: number, seconds: number) => Promise<LoadResult>
}

// a generator that has not ended by itself so long after it should have is ended
const OVERTIME_MS = 20_000

/** wrk: written in C, it takes little of the machine from what is measured. */
const wrk: Load = {
  name: 'wrk',
  run: async (lab, port, seconds) => parse(await lab.processes.run('wrk', [
    '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', join(import.meta.dirname, 'post.lua'), `http://127.0.0.1:${port}`,
    '--', PATH, QUESTION, String(USERS)
  ], seconds * 1000 + OVERTIME_MS))
}

/** autocannon: written for Node, and there wherever the bench is. */
export const autocannon: Load = {
  name: 'autocannon',
  run: async (lab, port, seconds) => parse(await lab.processes.run(process.execPath, [
    join(import.meta.dirname, 'autocannon-run.ts'), String(port), String(seconds)
  ], seconds * 1000 + OVERTIME_MS))
}

// both print their result as the last line
const parse = (output: string): LoadResult => JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as LoadResult // holds: they are ours

/** The generator that disturbs least of those installed. */
export const lightestLoad = (): Load => isInstalled('wrk') ? wrk : autocannon
