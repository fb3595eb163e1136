import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadPlan } from '../../../src/control/gameday/load-plan.ts'
import { METRICS } from '../../../src/telemetry/metrics.ts'
import { demoConfig } from '../../../src/demo/demo-config.ts'
import { isInstalled, run } from '../../clients/support/command.ts'
import { ROOT } from '../../support/windtunnel.ts'

const FOLDER = join(ROOT, 'config/gameday')
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8')
const loaded = loadPlan(read('gameday.yaml'), { file: 'gameday.yaml', env: {}, readFile: () => '' })

describe('config/gameday', () => {
  it('has a plan with nothing to say against it', () => {
    expect(loaded).toMatchObject({ ok: true, warnings: [] })
  })

  it('names experiments of the demo, and alerts that are there', () => {
    if (!loaded.ok) throw new Error('it does not hold')
    const config = parse(demoConfig({ v1: 'http://a', v2: 'http://b', v3: 'http://c', llm1: 'http://d', llm2: 'http://e' }, { listen: '127.0.0.1:8080', admin: '127.0.0.1:9901' })) as { chaos: { experiments: { name: string }[] } }
    const experiments = config.chaos.experiments.map(({ name }) => name)
    for (const { experiment } of loaded.plan.rounds) if (experiment !== null) expect(experiments).toContain(experiment)
    const { groups } = parse(read('alerts.yml')) as { groups: { rules: { alert: string, expr: string }[] }[] }
    const rules = groups.flatMap((group) => group.rules)
    for (const { alert } of loaded.plan.rounds.flatMap((round) => round.expect)) expect(rules.map((rule) => rule.alert)).toContain(alert)
    for (const name of rules.flatMap(({ expr }) => expr.match(/windtunnel_\w+/g) ?? [])) expect([...METRICS.keys()]).toContain(name.replace(/^windtunnel_/, '').replace(/_bucket$/, ''))
  })

  it.skipIf(!isInstalled('promtool'))('has rules and a config that promtool takes', async () => {
    expect((await run('promtool', ['check', 'config', join(FOLDER, 'prometheus.yml')])).code).toBe(0)
  })

  it.skipIf(!isInstalled('amtool'))('has a config that amtool takes, with a webhook to where the plan listens', async () => {
    expect((await run('amtool', ['check-config', join(FOLDER, 'alertmanager.yml')])).code).toBe(0)
    if (!loaded.ok || loaded.plan.receiver === undefined) throw new Error('it does not hold')
    const { listen: { host, port }, name } = loaded.plan.receiver
    expect(parse(read('alertmanager.yml'))).toMatchObject({ receivers: [{ name, webhook_configs: [{ url: `http://${host}:${port}/` }] }] })
  })
})
