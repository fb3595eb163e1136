/*
 * The kernel's own accounting, from /proc. utime and stime of /proc/<pid>/stat count all threads of a process, those that have
 * ended too; Linux scales them to the scheduler's exact run time, so that 10 ms ticks are their unit and not their sampling.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** A process, told from a later one of the same number by when it started. */
export interface ProcessId {
  readonly pid: number
  /** Ticks since boot. */
  readonly startedAt: number
}

interface Stat extends ProcessId {
  readonly parent: number
  /** Of its own threads, and of children that have ended. */
  readonly cpuTicks: number
}

const TICK_MS = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

// fields are numbered as in proc_pid_stat(5), from 1; the name, field 2, may hold spaces and brackets
function readStat(path: string, pid: number): Stat | undefined {
  const text = readQuietly(path)
  if (text === undefined) return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): number => Number(fields[number - 3])
  return { pid, parent: field(4), cpuTicks: field(14) + field(15) + field(16) + field(17), startedAt: field(22) }
}

// a process may end between being seen and being read
function readQuietly(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

function processTree(root: number): readonly Stat[] {
  const children = new Map<number, Stat[]>()
  const tree: Stat[] = []
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    const stat = Number.isInteger(pid) ? readStat(`/proc/${pid}/stat`, pid) : undefined
    if (stat === undefined) continue
    if (pid === root) tree.push(stat)
    children.set(stat.parent, [...children.get(stat.parent) ?? [], stat])
  }
  for (const stat of tree) tree.push(...children.get(stat.pid) ?? []) // grows while it is walked
  return tree
}

/** A process and all below it; empty when it is gone. */
export const processesOf = (root: number): readonly ProcessId[] => processTree(root)

/** Whether a process is still that process. */
export const isAlive = ({ pid, startedAt }: ProcessId): boolean => readStat(`/proc/${pid}/stat`, pid)?.startedAt === startedAt

/** CPU time, user and system, of a process and all below it so far, in milliseconds. */
export const cpuMs = (root: number): number =>
  processTree(root).reduce((sum, { cpuTicks }) => sum + cpuTicks, 0) * TICK_MS

/** CPU time of all processes of the machine so far, and what its host has withheld (steal), in milliseconds. */
export function machineCpuMs(): number {
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0]?.split(/ +/).slice(1).map(Number) ?? []
  return (user + nice + system + steal) * TICK_MS
}

/** CPU time of each thread of a process and all below it by name, in milliseconds; threads of one name together. */
export function threadCpuMs(root: number): ReadonlyMap<string, number> {
  const byName = new Map<string, number>()
  for (const { pid } of processTree(root)) {
    for (const thread of threadsOf(pid)) {
      const name = readQuietly(`/proc/${pid}/task/${thread}/comm`)?.trim()
      const stat = readStat(`/proc/${pid}/task/${thread}/stat`, Number(thread))
      if (name !== undefined && stat !== undefined) byName.set(name, (byName.get(name) ?? 0) + stat.cpuTicks * TICK_MS)
    }
  }
  return byName
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return [] // it has ended
  }
}

/** Memory in RAM of a process and all below it, in octets; what they share is counted for each. */
export function rssBytes(root: number): number {
  return processTree(root).reduce((sum, { pid }) => {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readQuietly(`/proc/${pid}/status`) ?? '')?.[1]
    return sum + Number(kib ?? 0) * 1024
  }, 0)
}

/** How many files this process may have open. */
export function openFilesLimit(): number {
  const soft = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
  return soft === 'unlimited' ? Infinity : Number(soft ?? 1024)
}

/** Follows the memory of a process. */
export interface RssWatch {
  readonly peakBytes: () => number
  readonly stop: () => void
}

/** Looks at the memory of a process and all below it every `everyMs`, until it is stopped. */
export function watchRss(pid: number, everyMs: number): RssWatch {
  let peak = rssBytes(pid)
  const look = (): void => { peak = Math.max(peak, rssBytes(pid)) }
  const timer = setInterval(look, everyMs)
  return {
    peakBytes: () => {
      look()
      return peak
    },
    stop: () => clearInterval(timer)
  }
}
