import { load, type Loaded } from '../../src/config/load.ts'
import type { Config } from '../../src/config/types.ts'
import type { Finding } from '../../src/config/finding.ts'

/** What the machine of these tests has. */
export const ENV: Readonly<Record<string, string>> = { WEIGHT: '5', VERBOSE: 'true', EMPTY: '', TENANT: 'acme', TOKEN: 'tok-91f3c2', INJECTION: 'x\nadmin: { listen: 0.0.0.0:1 }' }
export const FILES: Readonly<Record<string, string>> = {
  '/run/secrets/next': 'Bearer next-7d1e55\n',
  '/run/secrets/windtunnel': 'admin-04bb\n',
  '/run/secrets/empty': '\n',
  '/etc/tls/cert.pem': 'certificate',
  '/etc/tls/key.pem': 'key'
}

/** Reads `FILES`, and fails for any other path as a file system does. */
export function readFile(path: string): string {
  const text = Object.hasOwn(FILES, path) ? FILES[path] : undefined
  if (text === undefined) throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' })
  return text
}

export const loadText = (text: string, env: Readonly<Record<string, string>> = ENV): Loaded => load(text, { file: 'windtunnel.yaml', env, readFile })

/** The config of a text that holds. */
export function configOf(text: string, env?: Readonly<Record<string, string>>): Config {
  const loaded = loadText(text, env)
  if (!loaded.ok) throw new Error(brief(loaded.findings).join('\n'))
  return loaded.config
}

/** The findings of a text, warnings included, whether it holds or not. */
export function findingsOf(text: string, env?: Readonly<Record<string, string>>): readonly Finding[] {
  const loaded = loadText(text, env)
  return loaded.ok ? loaded.warnings : loaded.findings
}

/** `line:column path: message (suggestion)`. */
export const brief = (findings: readonly Finding[]): string[] => findings.map(({ line, column, path, message, suggestion }) =>
  `${line}:${column} ${path}: ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`)

/** The smallest config there is, for tests to add to. */
export const BASE = `version: 1
backends:
  a: { url: "http://127.0.0.1:8000" }
  b: { url: "http://127.0.0.1:8001" }
routes:
  - name: first
    match: { path: { prefix: /first/ } }
    split: [{ backend: a, weight: 9 }, { backend: b, weight: 1 }]
`

/** The example of the design. */
export const DESIGN = `# yaml-language-server: $schema=../windtunnel.schema.json
version: 1
listen: 127.0.0.1:8080
workers: 1
admin:
  listen: 127.0.0.1:9901                 # metrics, health, API, dashboard
  tokenFile: /run/secrets/windtunnel     # required for writes unless admin listens on loopback only

backends:                                # named once, used by name everywhere
  stable: { url: "http://127.0.0.1:8000", health: { path: /healthz, interval: 5s } }
  canary: { url: "http://127.0.0.1:8001" }
  next:   { url: "http://127.0.0.1:8002", headers: { set: { authorization: "\${file:/run/secrets/next}" } } }

routes:                                  # first match wins
  - name: house-price
    match:                               # all must hold; host: also takes "*.example.com" and "name:port"
      path: { prefix: /v1/models/house } # or: exact, regex
      method: [POST]
      headers: { x-tenant: { regex: "^acme" } }
      body: { /model: "house-*" }        # JSON Pointer -> glob; only then is the body read before routing
    unit: { header: x-user-id }          # or cookie: NAME, body: /user/id, request: true (the default)
    split:                               # relative weights; 0 = drained but defined
      - { backend: stable, weight: 95 }
      - { backend: canary, weight: 5 }
    fallback: stable                     # asked once if the picked backend fails before its first byte
    timeouts: { connect: 2s, firstByte: 30s, idle: 60s }   # no total cap: streams are normal
    mirrors:
      - backend: next
        percent: 100                     # always required, never defaulted
        timeout: 5s
        maxBody: 1MiB
        baseline: { backend: stable, percent: 10 }
        compare:
          ignore: [/id, /created]
          fields:                        # JSON Pointer, "*" matches any key or index
            - { at: /predictions/*/label, as: label }
            - { at: /predictions/*/score, as: number, rel: 1e-6, abs: 1e-9 }

chaos:
  limits: { percent: 5, active: 100 }    # over all experiments together: the blast radius
  experiments:
    - name: slow-canary
      route: house-price
      where: { backend: canary }         # also headers, body fields (a subgroup), arm: primary | shadow
      percent: 10
      duration: 10m                      # required: every fault expires by itself
      start: manual                      # or on-load
      faults:
        - { kind: delay, fixed: 2s }
        - { kind: abort, status: 503, headers: { retry-after: "1" } }
`
