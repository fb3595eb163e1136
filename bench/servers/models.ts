import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../lab.ts'
import { isInstalled } from '../machine.ts'
import { freePorts } from '../ports.ts'
import { nginxConfig } from '../proxies/nginx-config.ts'
import type { ModelPort } from './model-server.ts'

/** Model servers in a process of their own. */
export interface Models {
  /** One for each answer, in order. */
  readonly ports: readonly number[]
  /** What they have been sent so far; looking may itself count as one of each. */
  readonly seen: () => Promise<{ readonly connections: number, readonly requests: number }>
  readonly stop: () => Promise<void>
}

/** Servers that cost the machine little: nginx with fixed answers where it is installed, otherwise a small one in Node. */
export async function startModels(lab: Lab, answers: readonly string[]): Promise<Models> {
  const [statusPort = 0, ...ports] = await freePorts(answers.length + 1)
  return isInstalled('nginx') ? nginxModels(lab, answers, ports, statusPort)
    : startSlowModels(lab, answers.map((answer) => ({ answer, delayMs: 0 })), ports, statusPort)
}

async function nginxModels(lab: Lab, answers: readonly string[], ports: readonly number[], statusPort: number): Promise<Models> {
  const file = join(lab.dir, `models-${statusPort}.conf`)
  writeFileSync(file, nginxConfig(lab.dir, `models-${statusPort}`, [
    'default_type application/json;',
    `server { listen 127.0.0.1:${statusPort}; location / { stub_status; } }`,
    ...ports.map((port, index) => `server { listen 127.0.0.1:${port} backlog=4096; location / { return 200 '${answers[index]}'; } }`)
  ]))
  const server = await lab.processes.serve('nginx', ['-e', 'stderr', '-p', lab.dir, '-c', file], [statusPort, ...ports])
  return { ports, seen: () => readStatus(statusPort), stop: server.stop }
}

/** Servers that may take their time, in Node. */
export async function startSlowModels(
  lab: Lab, models: readonly Omit<ModelPort, 'port'>[], ports?: readonly number[], statusPort?: number
): Promise<Models> {
  const [free = 0, ...others] = ports === undefined ? await freePorts(models.length + 1) : []
  const modelPorts = ports ?? others
  const status = statusPort ?? free
  const list = models.map((model, index): ModelPort => ({ ...model, port: modelPorts[index] ?? 0 }))
  const program = join(import.meta.dirname, 'model-server.ts')
  const server = await lab.processes.serve(process.execPath, [program, JSON.stringify(list), String(status)], [...modelPorts, status])
  return { ports: modelPorts, seen: () => readStatus(status), stop: server.stop }
}

async function readStatus(port: number): Promise<{ connections: number, requests: number }> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5000) })
  const [, connections = NaN, requests = NaN] = /(\d+) \d+ (\d+)/.exec(await response.text())?.map(Number) ?? []
  return { connections, requests }
}
