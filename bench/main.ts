/*
 * Measures what Windtunnel costs, beside what its users might run in its place. Prints tables, and writes them with all that
 * was measured to results/. Everything it starts is on 127.0.0.1 and is stopped in the end, however it ends.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Build, buildWindtunnel } from './build.ts'
import type { Lab } from './lab.ts'
import { describeMachine, loadAverage, type Machine } from './machine.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { Processes } from './processes.ts'
import { Patience } from './quiet.ts'
import { type Outcome, renderMarkdown, renderText } from './report.ts'
import { bodies } from './scenarios/bodies.ts'
import { chaos } from './scenarios/chaos.ts'
import { compare } from './scenarios/compare.ts'
import { idle } from './scenarios/idle.ts'
import { mirror } from './scenarios/mirror.ts'
import { proxy } from './scenarios/proxy.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { shadowHung } from './scenarios/shadow-hung.ts'
import { sse } from './scenarios/sse.ts'

const SCENARIOS: ReadonlyMap<string, Scenario> = new Map([
  ['proxy', proxy],
  ['mirror', mirror],
  ['compare', compare],
  ['chaos', chaos],
  ['bodies', bodies],
  ['idle', idle],
  ['sse', sse],
  ['shadow-hung', shadowHung]
])

const RESULTS = join(import.meta.dirname, 'results')
// of one scenario: far more than any takes, so that one that hangs does not hang for ever
const LIMIT_MS_PER_ROUND = 5 * 60_000
// spent on repeating what other work on the machine has disturbed
const PATIENCE_MS = 45_000

async function main(argv: readonly string[]): Promise<number> {
  let options: Options | 'help'
  try {
    options = readOptions(argv, [...SCENARIOS.keys()])
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  }
  if (options === 'help') {
    process.stdout.write(`${USAGE}${[...SCENARIOS.keys()].join(', ')}\n`)
    return 0
  }
  if (process.platform !== 'linux') {
    process.stderr.write('the bench reads CPU time and memory from /proc: it runs on Linux only\n')
    return 1
  }
  const processes = new Processes()
  const dir = mkdtempSync(join(tmpdir(), 'windtunnel-bench-'))
  process.on('exit', () => {
    processes.killAll()
    rmSync(dir, { recursive: true, force: true })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      process.stderr.write(`${signal}: stopping\n`)
      void processes.close().finally(() => process.exit(130))
    })
  }
  const machine = describeMachine()
  const say = (line: string): void => void process.stdout.write(`  ${line}\n`)
  const build = await buildWindtunnel(processes, dir, say)
  const command = ['npm run bench', ...argv.length === 0 ? [] : ['--', ...argv]].join(' ')
  process.stdout.write(`${describe(machine, build, command).join('\n')}\n\n`)
  return await runAll({ options, processes, build, patience: new Patience(options.quick ? 0 : PATIENCE_MS), dir, say }, machine, command)
}

async function runAll(lab: Lab, machine: Machine, command: string): Promise<number> {
  mkdirSync(RESULTS, { recursive: true })
  const outcomes: Outcome[] = []
  let failed = false
  for (const name of lab.options.only) {
    const scenario = SCENARIOS.get(name)
    if (scenario === undefined) continue
    process.stdout.write(`${name}\n`)
    const before = loadAverage()
    const startedAt = performance.now()
    try {
      const report = await within(LIMIT_MS_PER_ROUND * lab.options.rounds, scenario(lab))
      const outcome: Outcome = { name, seconds: (performance.now() - startedAt) / 1000, load: [before, loadAverage()], report }
      outcomes.push(outcome)
      process.stdout.write(`\n${renderText(outcome)}\n`)
      writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify({ command, machine, build: lab.build.description, ...outcome }, undefined, 2)}\n`)
    } catch (error) {
      if (lab.processes.closed) return 130 // not a failure: what it worked with has been stopped
      failed = true
      process.stderr.write(`${name} failed: ${error instanceof Error ? `${error.stack}${error.cause instanceof Error ? `\n${error.cause.message}` : ''}` : String(error)}\n\n`)
    } finally {
      await lab.processes.stopAll()
    }
  }
  const summary = ['# Bench', '', ...describe(machine, lab.build, command).map((line) => `- ${line}`), '', ...outcomes.map(renderMarkdown)].join('\n')
  writeFileSync(join(RESULTS, 'summary.md'), summary)
  const verdicts = outcomes.flatMap(({ report }) => report.verdicts)
  process.stdout.write(`${verdicts.filter(({ met }) => met).length} of ${verdicts.length} targets met; written to bench/results\n`)
  return failed ? 1 : 0
}

const describe = ({ cpu, cores, memoryGiB, kernel, load, node, commit, tools }: Machine, build: Build, command: string): readonly string[] => [
  `command: \`${command}\``,
  `machine: ${cpu}, ${cores} cores, ${memoryGiB} GiB, Linux ${kernel}, load average ${load} at the start`,
  `node ${node}, commit ${commit}, ${build.description}`,
  Object.entries(tools).map(([name, version]) => `${name} ${version}`).join(', '),
  ...load > cores / 2 ? ['the machine was busy with something else at the start: proxies on V8 lose more by that than those in C, so ratios come out too high'] : []
]

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${ms / 1000} s`)), ms)
  })
  try {
    return await Promise.race([work, tooLong])
  } finally {
    clearTimeout(timer)
  }
}

process.exit(await main(process.argv.slice(2)))
