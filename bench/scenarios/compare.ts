import { dirname, join } from 'node:path'
import { alternate, fixed, median, MIB, times } from '../numbers.ts'
import { judge } from '../report.ts'
import type { Scenario } from './scenario.ts'

interface Row {
  readonly variant: string
  readonly round: number
  readonly answerBytes: number
  readonly trials: number
  readonly wallMs: number
  readonly cpuMs: number
  readonly reportMs: number
  readonly rssBytes: number
}

const VARIANTS = [
  { name: 'pairs of 300 octets', octets: 300, what: 'pairs' },
  { name: 'pairs of 50 KiB', octets: 51_200, what: 'pairs' },
  { name: 'with a baseline, 300 octets', octets: 300, what: 'trials' }
] as const

const PROGRAM = join(import.meta.dirname, '..', 'load', 'judge-run.ts')
const LIMIT_MS = 60_000

/** What reading, comparing and judging answers costs the analyst. */
export const compare: Scenario = async (lab) => {
  const rows: Row[] = []
  for (const round of times(lab.options.rounds)) {
    lab.say(`round ${round + 1} of ${lab.options.rounds}`)
    for (const { name, octets, what } of alternate(VARIANTS, round)) {
      const out = await lab.processes.run(process.execPath, [PROGRAM, dirname(lab.build.program), String(octets), String(lab.options.seconds), what], LIMIT_MS)
      rows.push({ variant: name, round, ...JSON.parse(out) as Omit<Row, 'variant' | 'round'> })
    }
  }
  const of = (variant: string): readonly Row[] => rows.filter((row) => row.variant === variant)
  const cost = (variant: string): number => median(of(variant).map(({ cpuMs, trials }) => 1000 * cpuMs / trials))
  return {
    title: 'compare: what judging a pair of answers costs',
    method: [
      'Trials are read out of packed batches, their JSON answers parsed, compared field by field and counted, as the analyst does; one in ten has a field that differs, all have ids that do.',
      'A fresh process each; CPU time of the process, garbage collection on other threads included, per trial. A report is drawn once in the end.'
    ],
    tables: [{
      title: '',
      columns: ['variant', 'octets of an answer', 'CPU us/trial', 'trials/s', 'report ms', 'RSS MiB'],
      rows: VARIANTS.map(({ name }) => [
        name, String(of(name)[0]?.answerBytes ?? ''), fixed(cost(name)), fixed(median(of(name).map(({ trials, wallMs }) => 1000 * trials / wallMs)), 0),
        fixed(median(of(name).map(({ reportMs }) => reportMs))), fixed(median(of(name).map(({ rssBytes }) => rssBytes)) / MIB)
      ])
    }],
    verdicts: [
      judge('CPU per pair of 300 octets: 15,000 a second', cost(VARIANTS[0].name), '<=', 1e6 / 15_000, 'us'),
      judge('CPU per pair of 50 KiB: 300 a second', cost(VARIANTS[1].name), '<=', 1e6 / 300, 'us')
    ],
    notes: [],
    rounds: rows
  }
}
