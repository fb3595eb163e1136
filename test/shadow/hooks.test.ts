import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { CapturedAnswer } from '../../src/shadow/captured.ts'
import { MirrorCopy } from '../../src/shadow/copy.ts'
import { Legs } from '../../src/shadow/legs.ts'
import { Mirror } from '../../src/shadow/mirror.ts'
import { PendingTrial } from '../../src/shadow/pending-trial.ts'
import { onRequests, serveRaw } from '../http/support/raw-server.ts'
import { eventually } from '../http/support/signal.ts'
import { NOBODY } from './support/bad-shadows.ts'
import { accountOf, chunked, converse, deadlinesOf, heldBy, mirrorOf, serveMirrored, settled, unmirrored } from './support/mirrored.ts'
import { json, serveModel } from './support/origin.ts'

const OWNERS: Readonly<Record<string, object>> = { Mirror: Mirror.prototype, MirrorCopy: MirrorCopy.prototype, CapturedAnswer: CapturedAnswer.prototype, Legs: Legs.prototype, PendingTrial: PendingTrial.prototype }

/** How the shadow behaves, where the hook is reached by that alone. */
type Shadow = 'well' | 'closing' | 'refusing' | 'hung'

// every hook, and what a request comes to when it throws
const HOOKS: readonly { readonly hook: string, readonly shadow?: Shadow, readonly outcome?: string }[] = [
  { hook: 'Mirror.samples' },
  { hook: 'Mirror.reserve' },
  { hook: 'Mirror.enter' },
  { hook: 'Mirror.hold' },
  { hook: 'Mirror.isOversize' },
  { hook: 'Mirror.copyHead' },
  { hook: 'Legs.samples' },
  { hook: 'Legs.handOver' },
  { hook: 'PendingTrial.gather' },
  { hook: 'PendingTrial.miss', shadow: 'refusing', outcome: 'shadow_error' }, // all is over by then
  { hook: 'Mirror.leave', outcome: 'pair' }, // handed over by then
  { hook: 'MirrorCopy.send' },
  { hook: 'MirrorCopy.primaryHead' },
  { hook: 'MirrorCopy.primaryHolds' },
  { hook: 'MirrorCopy.primaryEnded' },
  { hook: 'MirrorCopy.fail', shadow: 'refusing' },
  { hook: 'MirrorCopy.onConnected' },
  { hook: 'MirrorCopy.onUnconnected', shadow: 'refusing' },
  { hook: 'MirrorCopy.onResponse' },
  { hook: 'MirrorCopy.onResponseBody' },
  { hook: 'MirrorCopy.onResponseEnd' },
  { hook: 'MirrorCopy.onOutboundFailed', shadow: 'closing' },
  { hook: 'MirrorCopy.expire', shadow: 'hung' },
  { hook: 'MirrorCopy.answerIsWhole' },
  { hook: 'MirrorCopy.ask' },
  { hook: 'MirrorCopy.hold' },
  { hook: 'MirrorCopy.settle' },
  { hook: 'CapturedAnswer.head' },
  { hook: 'CapturedAnswer.keepFields' },
  { hook: 'CapturedAnswer.body' },
  { hook: 'CapturedAnswer.release', outcome: 'pair' }
]

const WITHOUT_HOOK = [
  'MirrorCopy.broke', 'MirrorCopy.handed', 'MirrorCopy.leg', 'MirrorCopy.tellBreaker', 'Legs.constructor', 'PendingTrial.constructor', 'PendingTrial.close', 'CapturedAnswer.mark', 'MirrorCopy.hangUp', 'MirrorCopy.leave', 'MirrorCopy.end', 'Mirror.constructor', 'MirrorCopy.constructor',
  'MirrorCopy.onHeld', 'MirrorCopy.degrade', 'CapturedAnswer.replace', 'CapturedAnswer.replaceBody', 'CapturedAnswer.joined', // chaos on copies: shadow-chaos.test.ts
  'CapturedAnswer.constructor', 'CapturedAnswer.pieces', 'CapturedAnswer.empty'
]

async function shadowPort(shadow: Shadow): Promise<number> {
  if (shadow === 'well') return (await serveModel()).port
  if (shadow === 'refusing') return NOBODY
  const server = await serveRaw((connection) => {
    if (shadow === 'closing') onRequests(connection, () => void connection.socket.destroy())
  })
  return server.port
}

function breakHook(hook: string): { calls: () => number } {
  const [owner = '', method = ''] = hook.split('.')
  const spy = vi.spyOn(OWNERS[owner] as Record<string, () => never>, method).mockImplementation(() => { throw new Error(`${hook} breaks on purpose`) })
  onTestFinished(() => spy.mockRestore())
  return { calls: () => spy.mock.calls.length }
}

const body = '{"rooms":3}'
const close = 'connection: close\r\n'
const REQUESTS = [
  `GET /a HTTP/1.1\r\nhost: a\r\nx-request-id: r1\r\n${close}\r\n`,
  `POST /b HTTP/1.1\r\nhost: a\r\nx-request-id: r2\r\n${close}content-length: ${body.length}\r\n\r\n${body}`,
  `POST /c HTTP/1.1\r\nhost: a\r\nx-request-id: r3\r\n${close}transfer-encoding: chunked\r\n\r\n${chunked(body, 4)}`
]

describe('a mistake of our own', () => {
  it.each(HOOKS)('in $hook changes nothing for the client and is counted', async ({ hook, shadow = 'well', outcome = 'dropped_error' }) => {
    const origin = await serveModel((_request, response, { body: sent }) => json(response, { label: 'cat', sent }))
    const alone = await serveMirrored(unmirrored(origin.port))
    const plane = await serveMirrored({ primary: origin.port, shadow: await shadowPort(shadow), mirror: `percent: 100, timeout: ${shadow === 'hung' ? '50ms' : '60s'}` })
    const broken = breakHook(hook)
    for (const request of REQUESTS) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      expect(await converse(plane.port, request)).toEqual(await converse(alone.port, request))
    }
    expect(await settled(plane, REQUESTS.length)).toEqual({ [outcome]: REQUESTS.length })
    expect(broken.calls()).toBeGreaterThanOrEqual(REQUESTS.length)
    // and the copies have left nothing behind but, where a place could not be taken or given back, that place
    await eventually(() => deadlinesOf(plane) <= mirrorOf(plane).options.pool.counts.idle + 1)
    if (!/^Mirror\.(?:leave|hold|reserve|enter)$|release/.test(hook)) expect(heldBy(plane)).toEqual({ inFlight: 0, bytes: 0 })
    expect(mirrorOf(plane).options.pool.counts.waiting).toBe(0)
  })

  it('is looked for in every method there is', () => {
    const methods = Object.entries(OWNERS).flatMap(([name, owner]) => Object.getOwnPropertyNames(owner).map((method) => `${name}.${method}`))
    expect(methods.toSorted()).toEqual([...HOOKS.map(({ hook }) => hook), ...WITHOUT_HOOK].toSorted())
  })

  it('in one of two mirrors costs that one alone', async () => {
    const [origin, next, other] = [await serveModel(), await serveModel(), await serveModel()]
    const plane = await serveMirrored({
      primary: origin.port, shadow: next.port, backends: `other: { url: "http://127.0.0.1:${other.port}" }`, mirrors: '- { backend: other, percent: 100 }'
    })
    const { copyHead } = Mirror.prototype
    const spy = vi.spyOn(Mirror.prototype, 'copyHead').mockImplementation(function copy(this: Mirror, ...args) {
      if (this.options.backend === 'next') throw new Error('breaks on purpose')
      return copyHead.apply(this, args)
    })
    onTestFinished(() => spy.mockRestore())
    await converse(plane.port, REQUESTS[0]!)
    expect(await settled(plane, 1)).toEqual({ dropped_error: 1 })
    expect(await settled(plane, 1, { backend: 'other' })).toEqual({ pair: 1 })
    expect(next.seen).toHaveLength(0)
    expect(accountOf(plane).sampled).toBe(1)
  })
})
