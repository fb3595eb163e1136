import { EXPECT, VIA } from '../http/field-id.ts'
import type { RequestHead } from '../http/request-head.ts'
import * as answers from './answers.ts'
import type { LocalAnswer } from './answers.ts'
import { hopsLeft } from './heads.ts'
import type { Peers } from './peers.ts'

/** What no route has a say in: methods that are not proxied, loops, the last hop. Undefined lets the request go on. */
export function screen(head: RequestHead, peers: Peers): LocalAnswer | undefined {
  if (head.method === 'CONNECT' || head.method === 'TRACE') return answers.methodNotAllowed
  if (head.has(EXPECT) && head.minor === 1 && !head.expectsContinue) return answers.unknownExpectation
  if (head.has(VIA) && peers.loops(head.known(VIA) ?? '')) return answers.loopDetected
  if (hopsLeft(head) === 0) return answers.lastForward
  if (head.upgrade !== 'websocket') head.upgrade = '' // the only tunnel there is; a server may ignore any wish to upgrade
  return undefined
}
