import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDuration, readYaml } from '../../../src/control/gameday/read-yaml.ts'
import { routing } from '../../../src/control/gameday/routing.ts'
import { isInstalled } from '../../clients/support/command.ts'
import { testFolder } from '../../support/sidecar.ts'

const CONFIG = `
route:
  receiver: default
  group_wait: 10s
  routes:
    - matchers: ['severity="page"', team=~"ml|web"]
      receiver: pager
      group_wait: 1m30s
      routes:
        - match: { team: web }
          receiver: web
        - match_re: { team: "m." }
          continue: true
        - matchers: [ 'team="ml"' ]
          receiver: ml
    - matchers: ['severity!="none"']
      receiver: log
      continue: true
    - matchers: ['severity="ticket"']
      receiver: desk
receivers: [{ name: default }, { name: pager }, { name: web }, { name: ml }, { name: log }, { name: desk }]
`

const CASES: readonly [Record<string, string>, [string, number][]][] = [
  [{ severity: 'page', team: 'web' }, [['web', 90_000]]],
  [{ severity: 'page', team: 'ml' }, [['pager', 90_000], ['ml', 90_000]]],
  [{ severity: 'page', team: 'other' }, [['log', 10_000]]],
  [{ severity: 'ticket' }, [['log', 10_000], ['desk', 10_000]]],
  [{ severity: 'none' }, [['default', 10_000]]]
]

describe('the routes of an Alertmanager', () => {
  it.each(CASES)('of %j', (labels, expected) => {
    expect(routing(readYaml(CONFIG))?.route(labels).map(({ receiver, groupWaitMs }) => [receiver, groupWaitMs])).toEqual(expected)
  })

  it.skipIf(!isInstalled('amtool'))('are those that amtool finds', () => {
    const file = join(testFolder(), 'alertmanager.yml')
    writeFileSync(file, CONFIG)
    for (const [labels, expected] of CASES) {
      const { stdout } = spawnSync('amtool', ['config', 'routes', 'test', `--config.file=${file}`, ...Object.entries(labels).map(([label, value]) => `${label}=${value}`)])
      expect(stdout.toString().trim()).toBe(expected.map(([receiver]) => receiver).join(','))
    }
  })

  it('wait half a minute where nothing is said, and are not known where nothing is understood', () => {
    expect(routing(readYaml('route: { receiver: a }'))?.route({})).toEqual([{ receiver: 'a', groupWaitMs: 30_000 }])
    expect(routing(readYaml('nothing: here'))).toBeUndefined()
    expect(routing(readYaml('a: [b'))).toBeUndefined()
  })
})

describe('YAML of others', () => {
  it('may hold what would be a placeholder in ours', () => {
    expect(readYaml('relabel: { replacement: "${1}" }\nx: $${y}')).toMatchObject({ relabel: { replacement: '${1}' } })
  })

  it.each([['1m30s', 90_000], ['15s', 15_000], ['1w', 604_800_000], ['1y', 31_536_000_000], ['250ms', 250], ['5', undefined], [15, undefined], ['', undefined]])('has durations such as %s', (text, expected) => {
    expect(readDuration(text)).toBe(expected)
  })
})
