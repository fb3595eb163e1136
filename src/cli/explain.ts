import { readFileSync } from 'node:fs'
import { explain as explainRequest, type Explanation, type RouteExplanation } from '../control/explain.ts'
import { parseRequest } from '../control/parse-request.ts'
import { CliError, type Io } from './io.ts'
import { loadGood } from './load-config.ts'
import { createStyle, type Style } from './style.ts'
import { examples, type Verb } from './verb.ts'

interface Options {
  readonly header: readonly string[]
  readonly data?: string
  readonly requestId?: string
  readonly json?: boolean
}

export const explain: Verb = (program, io) => {
  program.command('explain')
    .argument('<file>', 'config file')
    .argument('<method>', 'such as POST')
    .argument('<path>', 'such as /v1/models/house:predict')
    .summary('say what would happen to a request, and why; sends nothing')
    .addHelpText('before', examples(
      "explain windtunnel.yaml POST /v1/models/house:predict -H 'x-user-id: u1'",
      "explain windtunnel.yaml POST /v1/chat/completions -d '{\"model\":\"house-7b\"}'"
    ))
    .option('-H, --header <line>', 'header, "name: value"; may be given more than once', (line: string, all: readonly string[]) => [...all, line], [])
    .option('-d, --data <body>', 'body, or @file')
    .option('--request-id <id>', 'request id; decisions that are drawn per request depend on it')
    .option('--json', 'print the explanation as JSON')
    .action((file: string, method: string, path: string, options: Options) => {
      const { config } = loadGood(file, io)
      const body = bodyOf(options.data)
      const headers = [...options.header, ...options.requestId === undefined ? [] : [`x-request-id: ${options.requestId}`]]
      const request = parseRequest({ method: method.toUpperCase(), target: path, headers, body })
      if (!request.ok) throw new CliError(`this request would be refused with ${request.status}: ${request.message}`)
      const id = request.requestId ?? 'example'
      const explanation = explainRequest(config, request.view, id, request.isMirrored)
      if (options.json === true) return io.out(`${JSON.stringify(explanation, undefined, 2)}\n`)
      print(explanation, request.requestId === undefined, io)
      if (body !== undefined && !request.bodyIsJson) io.out('the body is not JSON: no condition on it holds, and no unit is read from it\n')
    })
}

function bodyOf(data: string | undefined): string | undefined {
  if (data?.startsWith('@') !== true) return data
  try {
    return readFileSync(data.slice(1), 'utf8')
  } catch {
    throw new CliError(`--data: ${data.slice(1)} cannot be read`)
  }
}

function print({ routes, route, requestId }: Explanation, idIsMade: boolean, io: Io): void {
  const style = createStyle(io.colour)
  for (const { name, matches, conditions } of routes) {
    io.out(`${style.bold(`route ${name}`)} ${matches ? style.green('matches') : style.dim('does not match')}\n`)
    for (const { text, holds } of conditions) io.out(`  ${holds ? style.green('+') : style.red('-')} ${text}\n`)
    if (conditions.length === 0) io.out(`  ${style.green('+')} it matches every request\n`)
  }
  if (route === undefined) return io.out(`no route matches: it would be answered 404\n`)
  printRoute(route, style, io)
  if (idIsMade) io.out(style.dim(`drawn for request id "${requestId}"; give --request-id for another\n`))
}

function printRoute({ unit, split, arm, fallback, mirrors, chaos }: RouteExplanation, style: Style, io: Io): void {
  io.out(`unit    ${unit.from}${unit.value === undefined ? unit.from === 'the request' ? '' : ' is absent, so the request itself' : ` = ${unit.value}`}\n`)
  io.out(`split   ${split.map(({ backend, percent }) => backend === arm ? style.bold(`[${backend} ${percent} %]`) : `${backend} ${percent} %`).join('  ')}\n`)
  if (fallback !== undefined) io.out(`fails?  ${fallback} is asked once\n`)
  for (const { backend, leg, percent, draw, sampled, why } of mirrors) {
    io.out(`mirror  ${backend}${leg === 'baseline' ? ' (baseline)' : ''}: ${sampled ? style.green('yes') : 'no'}, ${why} (${draw} of ${percent} %)\n`)
  }
  for (const { experiment, faults, percent, draw, hit, why } of chaos) {
    io.out(`chaos   ${experiment} (${faults.join(', ')}): ${hit ? style.yellow('yes, while it runs') : 'no'}, ${why} (${draw} of ${percent} %)\n`)
  }
}
