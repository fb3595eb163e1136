import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { readCapturedTrial } from '../compare/captured-trial.ts'
import { createJudge, type Judge } from '../compare/judge.ts'
import type { Judgement } from '../compare/judgement.ts'
import type { CompareConfig, Config } from '../config/types.ts'
import { judgeOptions, keyOf, mirrorsOf } from '../control/judges.ts'
import { readOutcomes } from '../control/outcomes.ts'
import { CliError, FOUND, type Io, USAGE } from './io.ts'
import { loadGood } from './load-config.ts'
import { wholeNumber, writePage } from './report.ts'
import { judgementText } from './report/text.ts'
import { comparisonHtml } from './report/html.ts'
import { createStyle } from './style.ts'
import { examples, type Verb } from './verb.ts'

const MAX_FIELDS = 30
const MAX_BAD_LINES = 5
const FAIL_ON = ['different', 'inconclusive', 'never']

interface Options {
  readonly config?: string
  readonly outcomes?: string
  readonly failOn: string
  readonly json?: boolean
  readonly html?: string
  readonly diffy?: boolean
  readonly examples: string
}

/** A judgement of captured answers. */
export interface Rejudged {
  readonly route: string
  readonly mirror: string
  readonly judgement: Judgement
}

export const compare: Verb = (program, io) => {
  program.command('compare').summary('judges captured answers again, without sending anything')
    .argument('<file>', 'file that `capture` of a mirror has written')
    .option('--config <file>', 'config whose rules hold; by default every field must be equal')
    .option('--outcomes <file>', 'lines of JSON { "requestId", "value" }: what turned out to be true')
    .option('--fail-on <verdict>', `what makes the exit code 3: ${FAIL_ON.join(', ')}`, 'different')
    .option('--json', 'print JSON')
    .option('--html <file>', 'write a page that needs nothing else, with plots')
    .option('--diffy', 'show what Diffy\'s rule would report beside the verdicts')
    .option('--examples <n>', 'examples per mirror', '5')
    .addHelpText('before', examples('compare pairs.jsonl', 'compare pairs.jsonl --config windtunnel.yaml --fail-on inconclusive', 'compare pairs.jsonl --json'))
    .action(async (file: string, options: Options) => {
      const { failOn, html } = options
      if (!FAIL_ON.includes(failOn)) throw new CliError(`--fail-on: expected one of ${FAIL_ON.join(', ')}; got ${failOn}`, USAGE)
      const maxExamples = wholeNumber('--examples', options.examples)
      const config = options.config === undefined ? undefined : loadGood(options.config, io).config
      const found = await rejudge(file, options.outcomes, config, io)
      if (options.json === true) io.out(`${JSON.stringify({ mirrors: found }, undefined, 2)}\n`)
      else if (html !== undefined) writePage(html, comparisonHtml(found, new Date(io.wallClock()).toISOString()), io)
      else for (const { route, mirror, judgement } of found) io.out(`\n${createStyle(io.colour).bold(`${route} -> ${mirror}`)}\n${judgementText(judgement, { style: createStyle(io.colour), maxFields: MAX_FIELDS, maxExamples, diffy: options.diffy === true })}`)
      if (fails(found, failOn)) throw new CliError('', FOUND)
    })
}

/** Judges a file of captured trials by the rules of a config, mirror by mirror and in the order of the file. */
async function rejudge(file: string, outcomesFile: string | undefined, config: Config | undefined, io: Io): Promise<readonly Rejudged[]> {
  const rules = new Map<string, CompareConfig>(config === undefined ? [] : mirrorsOf(config).map(({ compare: of, ...name }) => [keyOf(name), of]))
  const judges = new Map<string, { readonly route: string, readonly mirror: string, readonly judge: Judge }>()
  let number = 0
  let bad = 0
  for await (const line of lines(file)) {
    number++
    if (line.trim() === '') continue
    try {
      const trial = readCapturedTrial(line)
      const key = keyOf(trial)
      let entry = judges.get(key)
      if (entry === undefined) {
        const of = rules.get(key)
        if (config !== undefined && of === undefined) io.err(`${file}:${number}: the config has no mirror ${trial.route} -> ${trial.mirror}; its answers are compared by default rules\n`)
        entry = { route: trial.route, mirror: trial.mirror, judge: createJudge(of === undefined ? DEFAULTS : judgeOptions(of, '')) }
        judges.set(key, entry)
      }
      entry.judge.add(trial, 0)
    } catch (error) {
      if (++bad <= MAX_BAD_LINES) io.err(`${file}:${number}: not a captured request: ${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
  if (bad > 0) io.err(`${file}: ${bad} of ${number} lines could not be read\n`)
  if (judges.size === 0) throw new CliError(`${file}: there is nothing to compare in it`)
  if (outcomesFile !== undefined) await learn(outcomesFile, [...judges.values()].map(({ judge }) => judge), io)
  return [...judges.values()].map(({ route, mirror, judge }) => ({ route, mirror, judgement: judge.report() }))
}

const DEFAULTS = { ignore: [], fields: [], margin: 0.01, measureMargin: 0.05, confidence: 0.95 }

async function learn(file: string, judges: readonly Judge[], io: Io): Promise<void> {
  let number = 0
  for await (const line of lines(file)) {
    number++
    if (line.trim() === '') continue
    const outcomes = readOutcomes(Buffer.from(line))
    if (typeof outcomes === 'string') io.err(`${file}:${number}: ${outcomes}\n`)
    else for (const { requestId, value } of outcomes) for (const judge of judges) judge.tell(requestId, value, 0)
  }
}

async function* lines(file: string): AsyncGenerator<string> {
  const input = createReadStream(file)
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) yield line
  } catch (error) {
    throw new CliError(`${file}: cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : String(error)})`)
  } finally {
    input.destroy()
  }
}

function fails(found: readonly Rejudged[], failOn: string): boolean {
  const kinds = new Set(found.flatMap(({ judgement }) => judgement.fields.flatMap(({ verdict, slices }) => [verdict.kind, ...slices.map((slice) => slice.verdict.kind)])))
  return failOn !== 'never' && (kinds.has('different') || (failOn === 'inconclusive' && kinds.has('inconclusive')))
}
