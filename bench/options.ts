import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Options {
  /** Scenarios to run, in order. */
  readonly only: readonly string[]
  /** Each round starts every process afresh. */
  readonly rounds: number
  /** Measured seconds of each variant in each round. */
  readonly seconds: number
  /** Seconds of load at most before a variant is measured. */
  readonly warmUpSeconds: number
  /** Smaller bodies and fewer repetitions where a scenario has no seconds to cut. */
  readonly quick: boolean
}

/** Printed by `--help`. */
export const USAGE = `usage: npm run bench -- [options]

  --quick         one short round of everything, with less of it: about a minute instead of 13
  --rounds N      rounds, each with fresh processes (default 5, quick 1)
  --seconds N     measured seconds per variant and round (default 3, quick 1)
  --only a,b      only these scenarios

scenarios: `

/** Reads argv. @throws Error with a message for the user */
export function readOptions(argv: readonly string[], scenarios: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      only: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false }
    }
  })
  if (values.help) return 'help'
  const { quick } = values
  const only = values.only === undefined ? scenarios : values.only.split(',').map((name) => name.trim())
  const unknown = only.find((name) => !scenarios.includes(name))
  if (unknown !== undefined) throw new Error(`--only: there is no scenario "${unknown}"; there are ${scenarios.join(', ')}`)
  return {
    only,
    rounds: wholeNumber('rounds', values.rounds, quick ? 1 : 5, 20),
    seconds: wholeNumber('seconds', values.seconds, quick ? 1 : 3, 60),
    warmUpSeconds: quick ? 1 : 15,
    quick
  }
}

function wholeNumber(name: string, text: string | undefined, otherwise: number, max: number): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > max) throw new Error(`--${name}: expected a whole number in [1, ${max}]; got ${text}`)
  return value
}
