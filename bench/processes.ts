import { type ChildProcess, spawn } from 'node:child_process'
import { createConnection } from 'node:net'
import { until } from './lab.ts'
import { isAlive, type ProcessId, processesOf } from './proc.ts'

const READY_MS = 10_000
const STOP_MS = 2000
const KEPT_OUTPUT = 20_000 // characters

/** A started process that listens. */
export interface Server {
  readonly pid: number
  /** The last it has written, standard output and error together. */
  readonly output: () => string
  readonly stop: () => Promise<void>
}

/** Every process the bench has started, so that none is left behind. Each is stopped by its own number. */
export class Processes {
  private readonly live = new Set<ChildProcess>()
  private isClosed = false

  /** Starts a server and waits until it takes connections on all of its ports. @throws Error with what it wrote, if it does not */
  async serve(command: string, args: readonly string[], ports: readonly number[]): Promise<Server> {
    const child = this.spawn(command, args)
    let output = ''
    const keep = (text: string): void => { output = (output + text).slice(-KEPT_OUTPUT) }
    child.stdout?.setEncoding('utf8').on('data', keep)
    child.stderr?.setEncoding('utf8').on('data', keep)
    try {
      for (const port of ports) {
        await until(`${command} on port ${port}`, READY_MS, () => {
          if (child.exitCode !== null || child.pid === undefined) throw new Error(`${command} ended at once`)
          return takesConnections(port)
        })
      }
    } catch (error) {
      await this.stop(child)
      throw new Error(`${command} ${args.join(' ')}\n${output}`, { cause: error })
    }
    const pid = child.pid ?? 0 // there is one: it has been connected to
    return { pid, output: () => output, stop: () => this.stop(child) }
  }

  /** Runs a program to its end. @returns what it wrote to standard output @throws Error when it fails or takes longer */
  async run(command: string, args: readonly string[], limitMs: number): Promise<string> {
    const child = this.spawn(command, args)
    let out = ''
    let err = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => { out += text })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { err += text })
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    clearTimeout(timer)
    if (code !== 0) throw new Error(`${command} ended with ${code ?? 'a signal'}: ${err}${out}`)
    return out
  }

  /** Stops whatever still runs. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.live].map((child) => this.stop(child)))
  }

  get closed(): boolean {
    return this.isClosed
  }

  /** Stops whatever still runs, and starts nothing any more. */
  async close(): Promise<void> {
    this.isClosed = true
    await this.stopAll()
  }

  /** Ends whatever still runs, at once: for when the process is exiting and nothing can be waited for. */
  killAll(): void {
    for (const { pid } of this.live) if (pid !== undefined) kill(processesOf(pid))
  }

  private spawn(command: string, args: readonly string[]): ChildProcess {
    if (this.isClosed) throw new Error('the bench is ending')
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.live.add(child)
    const forget = (): void => void this.live.delete(child)
    child.once('exit', forget)
    child.once('error', forget) // not to be started at all
    return child
  }

  // asks, waits, then ends; a parent that is ended cannot take its children with it, so they are noted before
  private async stop(child: ChildProcess): Promise<void> {
    const { pid } = child
    if (pid === undefined) return
    const tree = processesOf(pid)
    child.kill('SIGTERM')
    const allGone = (): boolean => !tree.some(isAlive)
    await until('stopped', STOP_MS, allGone).catch(() => kill(tree))
    await until(`process ${pid} ended`, STOP_MS, allGone)
  }
}

function kill(tree: readonly ProcessId[]): void {
  for (const one of tree) {
    try {
      if (isAlive(one)) process.kill(one.pid, 'SIGKILL')
    } catch {
      // it ended in between
    }
  }
}

const takesConnections = (port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = createConnection({ host: '127.0.0.1', port })
  const end = (taken: boolean) => (): void => {
    socket.destroy()
    resolve(taken)
  }
  socket.once('connect', end(true)).once('error', end(false))
})
