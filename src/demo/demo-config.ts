import { PRICE_TOLERANCE } from './describe.ts'
import type { DemoUrls } from './demo.ts'
import { LABELS } from './labels.ts'

export interface DemoAddresses {
  /** Of the proxy, as "host:port". */
  readonly listen: string
  /** Of the admin API, as "host:port". */
  readonly admin: string
}

/** The demo's config, as a person would write it. */
export function demoConfig(urls: DemoUrls, { listen, admin }: DemoAddresses): string {
  return `# The demo: two house models and two language models behind one proxy, and a third house model in its shadow.
version: 1
listen: "${listen}"
admin:
  listen: "${admin}"

backends:
  # house prices: v1 is in service, v2 is the canary, and next is a v3 that went wrong in one neighbourhood
  v1: { url: "${urls.v1}", health: { path: /healthz, interval: 5s } }
  v2: { url: "${urls.v2}", health: { path: /healthz, interval: 5s } }
  next: { url: "${urls.v3}", health: { path: /healthz, interval: 5s } }
  # language models
  llm1: { url: "${urls.llm1}", health: { path: /healthz, interval: 5s } }
  llm2: { url: "${urls.llm2}", health: { path: /healthz, interval: 5s } }

routes:
  - name: house-price
    match:
      path: { prefix: /v1/models/house }
      method: [POST]
    unit: { header: x-user-id }              # a user stays with a model
    split:
      - { backend: v1, weight: 95 }
      - { backend: v2, weight: 5 }
    fallback: v1                             # asked when v2 cannot answer
    timeouts: { connect: 1s, firstByte: 5s, idle: 10s }
    mirrors:
      - backend: next                        # sees every request, answers no one
        percent: 100
        timeout: 5s
        maxBody: 256KiB
        baseline: { backend: v1, percent: 50 }   # how often v1 disagrees with itself
        compare:
          ignore: [/id, /latency_ms, /version]   # new each time, or meant to differ
          fields:
            - { at: /predictions/*/label, as: label, scores: scores }
            - { at: /predictions/*/price, as: number, rel: ${PRICE_TOLERANCE} }
            - { at: /predictions/*/scores, as: probabilities, tolerance: 0.25 }
            - { at: /predictions/*/note, as: text }
          slices:
            - { name: neighbourhood, request: /instances/0/neighbourhood }   # where is it different?
          margin: 5                              # percentage points that do not matter

  - name: chat
    match:
      path: { prefix: /v1/chat }
      method: [POST]
    unit: { header: x-user-id }
    split:
      - { backend: llm1, weight: 90 }
      - { backend: llm2, weight: 10 }
    fallback: llm1
    timeouts: { connect: 1s, firstByte: 30s, idle: 30s }   # no limit on the whole: a stream takes as long as it takes

  - name: embeddings
    match:
      path: { exact: /v1/embeddings }
      method: [POST]
    split:
      - { backend: llm1, weight: 1 }
    fallback: llm2
    timeouts: { connect: 1s, firstByte: 5s, idle: 10s }

chaos:
  limits: { percent: 15, active: 50 }        # all experiments together
  experiments:
    - name: slow-canary                      # does anyone notice when the canary is slow?
      route: house-price
      where: { backend: v2 }
      percent: 100
      duration: 5m
      start: manual
      faults:
        - { kind: delay, fixed: 300ms }

    - name: flaky-chat                       # do clients of the chat try again?
      route: chat
      percent: 5
      duration: 5m
      start: manual
      faults:
        - { kind: abort, status: 503, headers: { retry-after: "1" } }

    - name: odd-shadow                       # would anyone see that a model says something else? no user does: only copies are hit
      route: house-price
      where: { arm: shadow, backend: next }
      percent: 100
      duration: 5m
      start: manual
      faults:
        - { kind: label-flip, at: /predictions/*/label, percent: 60, labels: [${LABELS.join(', ')}] }

    - name: cut-streams                      # do clients of the chat notice that an answer stops in its midst?
      route: chat
      percent: 2
      duration: 5m
      start: manual
      faults:
        - { kind: cut-stream, events: 5, how: end }
`
}
