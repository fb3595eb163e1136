import { closest } from '../../config/suggest.ts'
import type { Exposition } from '../../telemetry/exposition.ts'
import { toJournal } from '../chaos-run/journal.ts'
import { toJUnit } from '../chaos-run/junit.ts'
import type { RunRecord } from '../chaos-run/record.ts'
import { toRunJson } from '../chaos-run/run-json.ts'
import { readOutcomes } from '../outcomes.ts'
import { readStart } from '../read-start.ts'
import type { Sidecar } from '../sidecar.ts'
import { VERSION } from '../version.ts'
import type { Endpoint, Reply } from './endpoint.ts'
import { openApi } from './openapi.ts'
import { failure } from './server.ts'

const MAX_OUTCOMES_BYTES = 4 * 1024 * 1024
const MAX_START_BYTES = 1024

const ok = (body: unknown): Reply => ({ status: 200, body })

function noExperiment(name: string, known: readonly string[]): Reply {
  const like = closest(name, known)
  const hint = known.length === 0 ? '; the config has none' : like === undefined ? `; there are ${known.join(', ')}` : ` - did you mean "${like}"?`
  return failure(404, 'unknown_experiment', `there is no chaos experiment ${name}${hint}`)
}

function withRun(sidecar: Sidecar, id: string, say: (run: RunRecord) => Reply): Reply {
  const run = sidecar.chaos.findEnded(id)
  return run === undefined ? failure(404, 'unknown_run', `no run ${id} is remembered`) : say(run)
}

/** Everything the admin API answers. */
export function createEndpoints(sidecar: Sidecar, exposition: Exposition): readonly Endpoint[] {
  const unknown = (name: string): Reply => noExperiment(name, sidecar.chaos.list().map((experiment) => experiment.name))
  const endpoints: Endpoint[] = [
    {
      method: 'GET',
      path: /^\/$/,
      openapi: '/',
      summary: 'What is here.',
      statuses: { 200: 'a list of paths' },
      answer: () => ({ status: 200, contentType: 'text/plain; charset=utf-8', body: `Windtunnel ${VERSION}\n\n${endpoints.map(({ method, openapi, summary }) => `${method.padEnd(5)}${openapi.padEnd(34)}${summary}`).join('\n')}\n` })
    },
    {
      method: 'GET',
      path: /^\/livez$/,
      openapi: '/livez',
      summary: 'Whether the process is alive.',
      statuses: { 200: 'alive' },
      answer: () => ok({ status: 'alive' })
    },
    {
      method: 'GET',
      path: /^\/readyz$/,
      openapi: '/readyz',
      summary: 'Whether it takes requests; fails while draining. Says how the last reload went.',
      statuses: { 200: 'ready', 503: 'starting or draining' },
      answer: () => {
        const { state, lastReload } = sidecar.status()
        return { status: state === 'ready' ? 200 : 503, body: { status: state, lastReload } }
      }
    },
    {
      method: 'GET',
      path: /^\/metrics$/,
      openapi: '/metrics',
      summary: 'Metrics for Prometheus.',
      statuses: { 200: 'metrics in the text format' },
      answer: async () => ({ status: 200, contentType: exposition.contentType, body: await exposition.render() })
    },
    {
      method: 'GET',
      path: /^\/openapi\.json$/,
      openapi: '/openapi.json',
      summary: 'This API, described.',
      statuses: { 200: 'an OpenAPI 3.1 document' },
      answer: () => ok(openApi(endpoints))
    },
    {
      method: 'GET',
      path: /^\/api\/v1\/status$/,
      openapi: '/api/v1/status',
      summary: 'State, config, backends and running experiments.',
      statuses: { 200: 'the status' },
      answer: () => ok(sidecar.status())
    },
    {
      method: 'GET',
      path: /^\/api\/v1\/config$/,
      openapi: '/api/v1/config',
      summary: 'The effective config with secrets hidden, and its hash.',
      statuses: { 200: 'the config' },
      answer: () => ok(sidecar.config)
    },
    {
      method: 'POST',
      path: /^\/api\/v1\/config\/reload$/,
      openapi: '/api/v1/config/reload',
      summary: 'Loads the config file again; one that does not hold changes nothing.',
      statuses: { 200: 'taken', 422: 'not taken, and why' },
      answer: async () => {
        const result = await sidecar.reload()
        if (result.ok) return ok(result)
        return { status: 422, body: { error: { code: 'bad_config', message: result.message }, findings: result.findings } }
      }
    },
    {
      method: 'GET',
      path: /^\/api\/v1\/mirrors$/,
      openapi: '/api/v1/mirrors',
      summary: 'What mirrors have found: outcomes, verdicts, examples.',
      statuses: { 200: 'a report per mirror' },
      answer: async () => ok({ mirrors: await sidecar.mirrors() })
    },
    {
      method: 'POST',
      path: /^\/api\/v1\/outcomes$/,
      openapi: '/api/v1/outcomes',
      summary: 'Takes what turned out to be true about requests, for mirrors that name a truth: { requestId, value } or { outcomes: [...] }.',
      statuses: { 200: 'how many were joined with answers, wait for them, came late or again, or are ignored', 400: 'not understood', 413: 'too large', 503: 'the comparison does not answer' },
      maxBodyBytes: MAX_OUTCOMES_BYTES,
      answer: async (_parameters, body) => {
        const outcomes = readOutcomes(body)
        if (typeof outcomes === 'string') return failure(400, 'bad_outcomes', outcomes)
        const counts = await sidecar.learn(outcomes)
        return counts === undefined ? failure(503, 'comparison_down', 'the comparison does not answer; send them again') : ok({ outcomes: counts })
      }
    },
    {
      method: 'GET',
      path: /^\/api\/v1\/chaos$/,
      openapi: '/api/v1/chaos',
      summary: 'Chaos experiments and which are running.',
      statuses: { 200: 'a list' },
      answer: () => ok({ experiments: sidecar.chaos.list() })
    },
    {
      method: 'POST',
      path: /^\/api\/v1\/chaos\/stop$/,
      openapi: '/api/v1/chaos/stop',
      summary: 'Stops every experiment at once.',
      statuses: { 200: 'how many were running' },
      answer: () => ok({ stopped: sidecar.chaos.stopAll('everything was stopped') })
    },
    {
      method: 'POST',
      path: /^\/api\/v1\/chaos\/(?<name>[^/]+)\/start$/,
      openapi: '/api/v1/chaos/{name}/start',
      summary: 'Starts an experiment for its duration; { "dryRun": true } only says what it would do, { "lease": "30s" } ends it unless it is renewed.',
      statuses: { 200: 'started', 400: 'not understood', 404: 'no such experiment', 409: 'draining, the kill file is there, or outside its window' },
      maxBodyBytes: MAX_START_BYTES,
      answer: async ({ name = '' }, body) => {
        const options = readStart(body)
        if (options === undefined) return failure(400, 'bad_start', 'expected nothing, or { "dryRun": true, "lease": "30s" }')
        switch (await sidecar.startChaos(name, options)) {
          case undefined: return ok({ experiments: sidecar.chaos.list() })
          case 'draining': return failure(409, 'draining', 'nothing is started while draining')
          case 'killed': return failure(409, 'killed', 'nothing is started while the kill file is there')
          case 'outside_window': return failure(409, 'outside_window', `${name} may not start now: it is outside the window of its schedule`)
          default: return unknown(name)
        }
      }
    },
    {
      method: 'POST',
      path: /^\/api\/v1\/chaos\/(?<name>[^/]+)\/renew$/,
      openapi: '/api/v1/chaos/{name}/renew',
      summary: 'Renews the lease of an experiment that runs.',
      statuses: { 200: 'renewed', 404: 'no such experiment, or it does not run' },
      answer: ({ name = '' }) => sidecar.chaos.renew(name) ? ok({ experiments: sidecar.chaos.list() })
        : sidecar.chaos.list().some((experiment) => experiment.name === name) ? failure(404, 'not_running', `${name} does not run`) : unknown(name)
    },
    {
      method: 'GET',
      path: /^\/api\/v1\/chaos\/runs$/,
      openapi: '/api/v1/chaos/runs',
      summary: 'Runs of experiments that have ended, with their verdicts, the newest first.',
      statuses: { 200: 'a list' },
      answer: () => ok({ runs: sidecar.chaos.ended.map(toRunJson) })
    },
    {
      method: 'GET',
      path: /^\/api\/v1\/chaos\/runs\/(?<id>[^/]+)$/,
      openapi: '/api/v1/chaos/runs/{id}',
      summary: 'One run, with all that it has seen.',
      statuses: { 200: 'the run', 404: 'no such run' },
      answer: ({ id = '' }) => withRun(sidecar, id, (run) => ok(toRunJson(run)))
    },
    {
      method: 'GET',
      path: /^\/api\/v1\/chaos\/runs\/(?<id>[^/]+)\/journal$/,
      openapi: '/api/v1/chaos/runs/{id}/journal',
      summary: 'One run as a journal of the Chaos Toolkit.',
      statuses: { 200: 'the journal', 404: 'no such run' },
      answer: ({ id = '' }) => withRun(sidecar, id, (run) => ok(toJournal(run, sidecar.place)))
    },
    {
      method: 'GET',
      path: /^\/api\/v1\/chaos\/runs\/(?<id>[^/]+)\/junit$/,
      openapi: '/api/v1/chaos/runs/{id}/junit',
      summary: 'One run as JUnit has it.',
      statuses: { 200: 'XML', 404: 'no such run' },
      answer: ({ id = '' }) => withRun(sidecar, id, (run) => ({ status: 200, contentType: 'application/xml', body: toJUnit([run]) }))
    },
    {
      method: 'GET',
      path: /^\/api\/v1\/chaos\/requests\/(?<id>[^/]+)$/,
      openapi: '/api/v1/chaos/requests/{id}',
      summary: 'What chaos would draw for a request, and what it has done to it if it was one of the last.',
      statuses: { 200: 'draws and decisions', 503: 'the analyst does not answer' },
      answer: async ({ id = '' }) => {
        const decisions = await sidecar.decisionsOn(id)
        return decisions === undefined ? failure(503, 'analyst_down', 'the thread that remembers does not answer; ask again') : ok({ requestId: id, draws: sidecar.drawsOf(id), decisions })
      }
    },
    {
      method: 'POST',
      path: /^\/api\/v1\/chaos\/(?<name>[^/]+)\/stop$/,
      openapi: '/api/v1/chaos/{name}/stop',
      summary: 'Stops an experiment.',
      statuses: { 200: 'stopped', 404: 'no such experiment' },
      answer: ({ name = '' }) => sidecar.chaos.stop(name) ? ok({ experiments: sidecar.chaos.list() }) : unknown(name)
    }
  ]
  return endpoints
}
