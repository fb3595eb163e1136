import { describe, expect, it } from 'vitest'
import { serveInbound, whenSeen } from './support/inbound-server.ts'
import { connectTo, statuses } from './support/raw-client.ts'
import { eventually } from './support/signal.ts'
import { ALL_STAGES, at } from './support/stages.ts'

const get = (target: string, lines = ''): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n${lines}\r\n`
const wait = (): void => undefined

describe('a client that resets its connection', () => {
  it.each(ALL_STAGES)('%s is let go, and whoever serves it hears once', async (stage) => {
    const { client, server } = await at(stage)
    client.reset()
    await server.empty()
    await server.ticks()
    const served = !['before anything', 'after an empty line', 'in a head', 'between requests', 'after the last answer'].includes(stage)
    expect(server.seen.flatMap(({ gone }) => gone ?? [])).toEqual(served ? [''] : [])
  })
})

describe('a client that sends FIN', () => {
  // what is answered, what its server hears (undefined: nothing) and how the connection ends
  it.each<[string, number[], string | undefined, 'fin' | 'reset']>([
    ['before anything', [], undefined, 'fin'],
    ['after an empty line', [], undefined, 'fin'],
    ['in a head', [400], undefined, 'fin'],
    ['in a body', [400], 'truncated_request', 'fin'],
    ['in chunks', [400], 'truncated_request', 'fin'],
    ['in trailers', [400], 'truncated_request', 'fin'],
    ['between requests', [200], undefined, 'fin'],
    ['after the last answer', [413], undefined, 'fin'],
    ['while the answer is awaited', [], '', 'fin'],
    ['in an answer until close', [200], '', 'reset']
  ])('%s', async (stage, answered, gone, end) => {
    const { client, server } = await at(stage)
    client.end()
    expect(await client.closed).toBe(end)
    await server.empty()
    expect(client.text.match(/(?<=HTTP\/1\.1 )\d{3}/g)?.map(Number) ?? []).toEqual(answered)
    expect(server.seen[0]?.gone).toBe(gone)
    expect(server.seen.every(({ whole, gone: left }) => !whole || left !== 'truncated_request')).toBe(true)
  })

  it.each(['in the answer', 'in a body that is being answered'])('%s has the answer cut', async (stage) => {
    const { client, server } = await at(stage)
    client.end()
    await client.closed
    await server.empty()
    expect(client.text).toMatch(/begun$/)
  })

  it('while the answer is awaited still gets it where that is asked for', async () => {
    const { client, server } = await at('while the answer is awaited', { halfClose: 'answer' })
    client.end()
    await eventually(() => server.served[0]!.inbound.socket.readableEnded)
    server.served[0]!.answer('whole')
    expect(await client.closed).toBe('fin')
    expect(client.text).toMatch(/connection: close\r\n\r\nwhole$/)
    expect(server.seen[0]!.gone).toBeUndefined()
  })

  it('in the answer still gets the rest of it where that is asked for', async () => {
    const { client, server } = await at('in the answer', { halfClose: 'answer' })
    client.end()
    const { inbound } = server.served[0]!
    await eventually(() => inbound.socket.readableEnded)
    inbound.write(Buffer.from(' ends'))
    inbound.finish()
    expect(await client.closed).toBe('fin')
    expect(client.text).toMatch(/begun ends$/)
  })

  it('behind several requests gets all answers where that is asked for', async () => {
    const server = await serveInbound({ serve: wait, halfClose: 'answer' })
    const client = await connectTo(server.port)
    client.send(get('/1') + get('/2') + get('/3')).end()
    for (let i = 1; i <= 3; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const served = await whenSeen(server, i)
      // oxlint-disable-next-line no-await-in-loop -- the FIN is to be there before the first answer
      await eventually(() => served.inbound.socket.readableEnded)
      served.answer(`answer ${i}`)
    }
    expect(await client.closed).toBe('fin')
    expect(statuses(client.text)).toEqual([200, 200, 200])
    expect(client.text.match(/connection: close/g)).toHaveLength(1)
    expect(client.text).toMatch(/connection: close\r\n\r\nanswer 3$/)
  })

  it.each(['cancel', 'answer'] as const)('with a request that is answered at once gets the whole answer (%s)', async (halfClose) => {
    const size = 4 * 1024 * 1024
    const server = await serveInbound({ halfClose, serve: (served) => served.answer('x'.repeat(size)) })
    const client = await connectTo(server.port)
    client.socket.pause()
    client.send(get('/')).end()
    await eventually(() => server.served[0]?.inbound.socket.readableEnded === true)
    client.socket.resume()
    expect(await client.closed).toBe('fin')
    expect(client.text.length).toBeGreaterThan(size)
  })

  it('in the second of two requests gets the first answer, then 400', async () => {
    const server = await serveInbound()
    const client = await connectTo(server.port)
    client.send(`${get('/1')}GET /2 HT`).end()
    expect(await client.closed).toBe('fin')
    expect([statuses(client.text), server.refused]).toEqual([[200, 400], ['truncated_request']])
  })
})
