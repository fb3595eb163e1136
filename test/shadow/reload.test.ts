import { describe, expect, it } from 'vitest'
import { onRequests, serveRaw } from '../http/support/raw-server.ts'
import { accountOf, converse, heldBy, mirrorOf, serveMirrored, settled, unmirrored, yamlOf } from './support/mirrored.ts'
import { eventually } from '../http/support/signal.ts'
import { serveModel } from './support/origin.ts'

const GET = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'

describe('a reload', () => {
  it('that takes a mirror away lets its copies end, and takes no more', async () => {
    let release = (): void => undefined
    const shadow = await serveRaw((connection) => onRequests(connection, () => {
      release = () => { connection.send('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}') }
    }))
    const origin = await serveModel()
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100, timeout: 60s' })
    await converse(plane.port, GET)
    const { options: { pool } } = mirrorOf(plane)
    await shadow.connected(1)
    await shadow.connections[0]!.sees('\r\n\r\n')
    plane.reload(unmirrored(origin.port))
    await converse(plane.port, GET)
    expect(accountOf(plane)).toEqual({ sampled: 1, ended: 0, outcomes: {} })
    release()
    expect(await settled(plane, 1)).toEqual({ pair: 1 })
    expect(heldBy(plane)).toEqual({ inFlight: 0, bytes: 0 })
    // its connections go with it
    await eventually(() => pool.counts.connections === 0)
  })

  it('that changes a mirror keeps its connections and its account', async () => {
    const [origin, shadow] = [await serveModel(), await serveModel()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100' })
    const first = mirrorOf(plane)
    await converse(plane.port, GET)
    await settled(plane, 1)
    plane.reload(yamlOf({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100, timeout: 1s' }))
    const second = mirrorOf(plane)
    expect([second === first, second.options.pool === first.options.pool, second.options.timeoutMs]).toEqual([false, true, 1000])
    await converse(plane.port, GET)
    expect(await settled(plane, 2)).toEqual({ pair: 2 })
  })
})
