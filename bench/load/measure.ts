import type { Lab } from '../lab.ts'
import { alternate, median, times } from '../numbers.ts'
import { cpuMs, rssBytes, threadCpuMs } from '../proc.ts'
import { checkAnswer, type RunningProxy } from '../proxies/proxy.ts'
import type { Load, LoadResult } from './load.ts'

/** What one variant did in one round. */
export interface Measured {
  readonly requests: number
  /** With those of the warm-up and of turns that were repeated. */
  readonly requestsInAll: number
  readonly requestsPerS: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly errors: number
  /** CPU time of the proxy's processes for each finished request, microseconds; NaN without a proxy. */
  readonly cpuUs: number
  /** The same by name of thread. */
  readonly threadUs: Readonly<Record<string, number>>
  /** Memory of the proxy's processes after the load, octets; NaN without a proxy. */
  readonly rssBytes: number
  /** Share of the machine's CPU time that processes other than the bench's took meanwhile, 0..1. */
  readonly others: number
}

interface Slice extends LoadResult {
  readonly cpuMs: number
  readonly threadMs: ReadonlyMap<string, number>
}

// a proxy is warm when so many seconds in a row have not brought its CPU for a request below so much of the least before
const STEADY_SECONDS = 3
const STEADY = 0.97

/** A proxy under load, and what it has done. */
class Subject {
  readonly proxy: RunningProxy
  private readonly lab: Lab
  private readonly load: Load
  private readonly slices: Slice[] = []
  private readonly others: number[] = []
  private asked = 0

  constructor(lab: Lab, load: Load, proxy: RunningProxy) {
    this.lab = lab
    this.load = load
    this.proxy = proxy
  }

  // until the CPU for a request has stopped falling: V8 takes its time to compile, and the longer the busier the machine is
  async warmUp(): Promise<void> {
    await checkAnswer(this.proxy)
    let least = Infinity
    let since = 0
    for (let second = 0; second < this.lab.options.warmUpSeconds && since < STEADY_SECONDS; second++) {
      const { cpuMs: spent, requests } = await this.run(1)
      since++
      if (!(spent / requests < least * STEADY)) continue // nothing to measure is steady at once
      least = spent / requests
      since = 0
    }
  }

  async takeTurn(): Promise<void> {
    const { result, others } = await this.lab.patience.undisturbed(() => this.run(1))
    this.slices.push(result)
    this.others.push(others)
  }

  sumUp(): Measured {
    const { proxy: { pid }, slices, others } = this
    const sum = (of: (slice: Slice) => number): number => slices.reduce((total, slice) => total + of(slice), 0)
    const requests = sum((slice) => slice.requests)
    const threads = new Set(slices.flatMap(({ threadMs }) => [...threadMs.keys()]))
    return {
      requests,
      requestsInAll: this.asked,
      requestsPerS: requests / sum((slice) => slice.seconds),
      p50Ms: median(slices.map((slice) => slice.p50Ms)),
      p99Ms: median(slices.map((slice) => slice.p99Ms)),
      errors: sum((slice) => slice.errors),
      cpuUs: sum((slice) => slice.cpuMs) * 1000 / requests,
      threadUs: Object.fromEntries([...threads].map((name) => [name, sum(({ threadMs }) => threadMs.get(name) ?? 0) * 1000 / requests])),
      rssBytes: pid === undefined ? NaN : rssBytes(pid),
      others: others.reduce((total, share) => total + share, 0) / others.length
    }
  }

  // what a proxy still has to do for requests that are already answered is part of their cost
  private async run(seconds: number): Promise<Slice> {
    const { proxy, load, lab } = this
    const threadsBefore = threadsOf(proxy)
    const before = cpuOf(proxy)
    const result = await load.run(lab, proxy.port, seconds)
    await proxy.settled?.()
    const spent = cpuOf(proxy) - before
    this.asked += result.requests
    checkErrors(proxy, result)
    const threadMs = new Map([...threadsOf(proxy)].map(([name, ms]) => [name, ms - (threadsBefore.get(name) ?? 0)]))
    return { ...result, cpuMs: spent, threadMs }
  }
}

/**
 * Loads running proxies in turn, a second at a time and in alternating order, so that a busy moment of the machine falls on all
 * of them.
 */
export async function measure(lab: Lab, load: Load, proxies: readonly RunningProxy[]): Promise<ReadonlyMap<RunningProxy, Measured>> {
  const subjects = proxies.map((proxy) => new Subject(lab, load, proxy))
  for (const subject of subjects) await subject.warmUp()
  for (const pass of times(lab.options.seconds)) {
    for (const subject of alternate(subjects, pass)) await subject.takeTurn()
  }
  return new Map(subjects.map((subject) => [subject.proxy, subject.sumUp()]))
}

// what an error costs is not what a request costs
const MAX_ERROR_SHARE = 0.01

function checkErrors({ name, output }: RunningProxy, { requests, errors }: LoadResult): void {
  if (errors > requests * MAX_ERROR_SHARE || requests === 0) throw new Error(`${name}: ${errors} errors in ${requests} requests\n${output()}`)
}

const cpuOf = ({ pid }: RunningProxy): number => pid === undefined ? NaN : cpuMs(pid)

const threadsOf = ({ pid }: RunningProxy): ReadonlyMap<string, number> => pid === undefined ? new Map() : threadCpuMs(pid)

/** Where the CPU time of some rounds went, as "data-plane-0 24.1 us, ...": the median by thread, those under 0.1 us left out. */
export function describeThreads(rounds: readonly Measured[]): string {
  const names = new Set(rounds.flatMap(({ threadUs }) => Object.keys(threadUs)))
  return [...names]
    .map((name) => ({ name, us: median(rounds.map(({ threadUs }) => threadUs[name] ?? 0)) }))
    .filter(({ us }) => us >= 0.1)
    .toSorted((a, b) => b.us - a.us)
    .map(({ name, us }) => `${name} ${us.toFixed(1)} us`)
    .join(', ')
}
