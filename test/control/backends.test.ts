import { describe, expect, it } from 'vitest'
import type { BackendConfig } from '../../src/config/types.ts'
import { backendRules, Backends } from '../../src/control/backends.ts'
import { Deadlines } from '../../src/http/deadlines.ts'
import { Fold } from '../../src/telemetry/fold.ts'
import { ThreadMeter } from '../../src/telemetry/thread-meter.ts'
import { configOf } from '../support/data-plane.ts'

const backendOf = (yaml: string): BackendConfig => configOf(`version: 1\nbackends: { a: ${yaml} }\nroutes: [{ name: r, backend: a }]\n`).config.backends['a']!
const PLAIN = backendOf('{ url: "http://127.0.0.1:1", eject: { failures: 2 } }')
const CHANGED = backendOf('{ url: "http://127.0.0.1:1", eject: { failures: 3 } }')

function createBackends(): { readonly backends: Backends, readonly fold: Fold } {
  const fold = new Fold()
  const clock = (): number => 0
  return { fold, backends: new Backends({ meter: new ThreadMeter((series) => fold.add('t', series)), deadlines: new Deadlines(clock), clock, threads: 2, healthy: () => true }) }
}

describe('the backends of a thread', () => {
  it('live on through a reload that does not change them, with what is known of them', () => {
    const { backends, fold } = createBackends()
    const ejected = (): number => fold.value('backend_ejected', { backend: 'a' })
    const first = backends.upstream('a', PLAIN)
    expect(backends.upstream('a', PLAIN)).toBe(first)
    backends.commit()
    for (let i = 0; i < 2; i++) first.failed(0)
    expect(ejected()).toBe(1)
    expect(backends.upstream('a', PLAIN)).toBe(first)
    backends.commit()
    expect([ejected(), first.admit(0)]).toEqual([1, 'ejected'])
  })

  it('are new where their config is, and begin with nothing against them', () => {
    const { backends, fold } = createBackends()
    const first = backends.upstream('a', PLAIN)
    backends.commit()
    for (let i = 0; i < 2; i++) first.failed(0)
    const second = backends.upstream('a', CHANGED)
    expect(second).not.toBe(first)
    backends.commit()
    expect([fold.value('backend_ejected', { backend: 'a' }), second.admit(0)]).toEqual([0, 'available'])
  })

  it('that are gone are measured no longer', () => {
    const { backends, fold } = createBackends()
    const first = backends.upstream('a', PLAIN)
    backends.commit()
    for (let i = 0; i < 2; i++) first.failed(0)
    backends.commit()
    expect(fold.value('backend_ejected', { backend: 'a' })).toBe(0)
    expect(fold.value('ejections_total', { backend: 'a' })).toBe(1)
  })

  it('stay as they were when a plan is not taken', () => {
    const { backends } = createBackends()
    const first = backends.upstream('a', PLAIN)
    backends.commit()
    backends.upstream('a', CHANGED)
    backends.rollback()
    expect(backends.upstream('a', PLAIN)).toBe(first)
  })

  it('have pools of their own for each mirror, so that a shadow takes no connection of the live model', () => {
    const { backends } = createBackends()
    const { pool } = backends.upstream('a', PLAIN)
    const mirror = backends.mirrorPool('r\na\nshadow', PLAIN, 10)
    expect(mirror).not.toBe(pool)
    expect(backends.mirrorPool('r\na\nshadow', PLAIN, 10)).toBe(mirror)
    expect(backends.mirrorPool('r\na\nbaseline', PLAIN, 10)).not.toBe(mirror)
    backends.commit()
    expect(backends.mirrorPool('r\na\nshadow', PLAIN, 10)).toBe(mirror)
    expect(backends.mirrorPool('r\na\nbaseline', PLAIN, 20)).not.toBe(mirror)
  })
})

describe('the rules for requests to a backend', () => {
  it.each([
    ['{ url: "http://h:1" }', { host: undefined, defaultHost: 'h:1', setLines: '', dropNames: undefined }],
    ['{ url: "http://h:1", host: backend }', { host: 'h:1', defaultHost: 'h:1', setLines: '', dropNames: undefined }],
    ['{ url: "http://h", host: "other:2" }', { host: 'other:2', defaultHost: 'h', setLines: '', dropNames: undefined }],
    ['{ url: "http://h", headers: { set: { X-A: "é" }, remove: [X-B, cookie] } }', { host: undefined, defaultHost: 'h', setLines: 'X-A: \xc3\xa9\r\n', dropNames: new Set(['x-a', 'x-b', 'cookie']) }]
  ])('of %s are what it says', (yaml, expected) => {
    expect(backendRules(backendOf(yaml))).toEqual(expected)
  })
})
