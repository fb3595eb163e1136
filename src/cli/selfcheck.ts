import { checkMistakes, checkPower, checkSilence, type MistakeReport, type PowerReport, type SilenceReport } from '../compare/selfcheck/selfcheck.ts'
import { CliError, FAILED } from './io.ts'
import { wholeNumber } from './report.ts'
import { percent } from './report/wording.ts'
import { createStyle, table } from './style.ts'
import { examples, type Verb } from './verb.ts'

interface Options {
  readonly runs: string
  readonly fields: string
  readonly requests: string
  readonly seed: string
  readonly json?: boolean
}

// share of runs that may raise a false alarm
const ALLOWED = 0.05

export const selfcheck: Verb = (program, io) => {
  program.command('selfcheck').summary('checks the verdicts on made-up answers: silent when nothing differs, and how soon a difference is found')
    .option('--runs <n>', 'repetitions', '200')
    .option('--fields <n>', 'fields watched at once', '50')
    .option('--requests <n>', 'requests in each repetition, looked at one by one', '10000')
    .option('--seed <n>', 'other numbers, other answers', '1')
    .option('--json', 'print JSON')
    .addHelpText('before', examples('selfcheck', 'selfcheck --requests 100000', 'selfcheck --json'))
    .action((given: Options) => {
      const options = { runs: wholeNumber('--runs', given.runs), fields: wholeNumber('--fields', given.fields), requests: wholeNumber('--requests', given.requests), seed: wholeNumber('--seed', given.seed) }
      if (options.runs < 1 || options.fields < 2 || options.requests < 1) throw new CliError('--runs, --fields and --requests: at least 1, 2 and 1')
      const style = createStyle(io.colour)
      const say = given.json === true ? (): void => undefined : io.out
      say(`a model beside itself, ${options.fields} fields with noise from 0 to 100 %, looked at after each of ${options.requests} requests, ${options.runs} runs\n`)
      const silence = checkSilence(options)
      say(silenceText(silence))
      say(`\na shift in one of ${options.fields} fields, looked at after each request\n`)
      const power = checkPower(options)
      say(powerText(power))
      say('\nmistakes in answers that are read, compared and judged as those of a shadow are\n')
      const mistakes = checkMistakes(options)
      say(mistakesText(mistakes))
      const failures = failuresOf(silence, mistakes)
      if (given.json === true) io.out(`${JSON.stringify({ options, silence, power, mistakes, failures }, undefined, 2)}\n`)
      else for (const failure of failures) io.out(`${style.red('failed')}: ${failure}\n`)
      if (failures.length > 0) throw new CliError('', FAILED)
      say(`\n${style.green('passed')}\n`)
    })
}

const silenceText = ({ runs, alarms, interval: [low, high], diffyEver, diffyInTheEnd }: SilenceReport): string =>
  `false alarms    ${alarms} of ${runs} runs, ${percent(alarms / runs)} (${percent(low)} .. ${percent(high)}); at most ${percent(ALLOWED)} is promised\n` +
  `Diffy's rule    reports a field in ${diffyEver} of ${runs} runs at some time, in ${diffyInTheEnd} in the end\n`

const powerText = (power: readonly PowerReport[]): string => `${table([
  ['noise', 'shadow differs', 'found', 'requests, median', 'requests, 9 of 10', 'another field', 'Diffy by then'],
  ...power.map(({ baseline, shadow, runs, found, wrong, median, ninth, diffyInTheEnd }) =>
    [percent(baseline), percent(shadow), `${found} of ${runs}`, String(median ?? '-'), String(ninth ?? '-'), String(wrong), `${diffyInTheEnd} of ${runs}`])
], [0, 1, 2, 3, 4, 5, 6])}\n`

const mistakesText = (mistakes: readonly MistakeReport[]): string => `${table([
  ['planted', 'field', 'found within', 'other fields'],
  ...mistakes.map(({ what, path, foundAt, others, requests }) => [what, path === '' ? '-' : path, path === '' ? '-' : foundAt === null ? `not in ${requests}` : `${foundAt} requests`, others.length === 0 ? 'none' : others.join(', ')])
])}\n`

function failuresOf({ interval: [low] }: SilenceReport, mistakes: readonly MistakeReport[]): readonly string[] {
  return [
    ...low > ALLOWED ? [`false alarms are more frequent than ${percent(ALLOWED)}`] : [],
    ...mistakes.filter(({ path, foundAt }) => path !== '' && foundAt === null).map(({ what }) => `not found: ${what}`),
    ...mistakes.filter(({ path, others }) => path === '' && others.length > 0).map(({ others }) => `found where nothing is: ${others.join(', ')}`)
  ]
}
