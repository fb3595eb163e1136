import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { ON_FREE_PORTS, ROOT, temporaryFolder, Windtunnel } from '../support/windtunnel.ts'
import { ROUTES, ZIPPED } from './support/answers.ts'
import { type Command, type CommandOptions, type Ended, isInstalled, run, start } from './support/command.ts'
import { type Handler, Origin, sendJson } from './support/origin.ts'

// no config file of the user's, no progress meter, errors told, and an end to every call
const ALWAYS = ['-q', '-sS', '--max-time', '15']
const curl = (args: readonly string[], options?: CommandOptions): Promise<Ended> => run('curl', [...ALWAYS, ...args], options)
const startCurl = (args: readonly string[]): Command => start('curl', [...ALWAYS, ...args])
const sha256 = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex')

const MIB = 1024 * 1024

describe.skipIf(!isInstalled('curl'))('curl', () => {
  const folder = temporaryFolder()
  let origin: Origin
  let tunnel: Windtunnel
  beforeAll(async () => {
    origin = await Origin.start(async (request, response, server) => {
      const handler = ROUTES[new URL(request.url ?? '/', 'http://a').pathname]
      if (handler === undefined) return sendJson(response, { path: request.url }, 404)
      await handler(request, response, server)
    })
    tunnel = await Windtunnel.start(`${ON_FREE_PORTS}
backends:
  model: { url: "${origin.url}" }
  gone: { url: "http://127.0.0.1:1" }
routes:
  - { name: by-body, match: { path: { exact: /by-body }, body: { /model: "small*" } }, backend: model }
  - { name: gone, match: { path: { exact: /gone } }, backend: gone }
  - { name: nowhere, match: { path: { exact: /by-body } }, backend: gone }
  - { name: other-host, match: { host: some.host }, backend: model }
  - { name: all, match: { host: "127.0.0.1" }, backend: model }
`)
  })

  const file = (name: string, octets: Buffer | string): string => {
    const path = join(folder, name)
    writeFileSync(path, octets)
    return path
  }
  // what may differ from a direct answer: the hop's own lines, the moment, and the id that we add
  const endToEnd = (lines: readonly string[]): string[] => lines.filter((line) => !/^(?:connection|keep-alive|date|x-request-id|transfer-encoding):/i.test(line))

  it.each([
    ['GET', ['/lines']],
    ['HEAD', ['-I', '/lines']],
    ['POST', ['-d', '{"inputs":[1,2]}', '-H', 'content-type: application/json', '/echo']],
    ['PUT', ['-X', 'PUT', '-d', 'a thing', '/echo']],
    ['PATCH', ['-X', 'PATCH', '-d', 'a change', '/echo']],
    ['DELETE', ['-X', 'DELETE', '/lines']],
    ['OPTIONS', ['-X', 'OPTIONS', '/lines']],
    ['a form with a file', ['-H', 'Expect:', '-F', 'a=1', '-F', `b=@${join(ROOT, 'package.json')};type=application/json`, '/echo']],
    ['GET of a part', ['-r', '0-3', '/lines']],
    ['GET that finds no change', ['-H', 'if-none-match: "v1"', '/same']],
    ['GET of nothing', ['/empty']],
    ['GET of chunks', ['/chunks']],
    ['GET of what is not there', ['/lost?q=a%20b&q=%2F']]
  ])('gets for %s what the server itself answers', async (_name, args) => {
    const ask = (base: string): Promise<Ended> => curl(['-i', ...args.slice(0, -1), `${base}${args.at(-1)}`])
    const [direct, through] = [await ask(origin.url), await ask(tunnel.url)]
    expect([through.code, through.stderr]).toEqual([0, ''])
    const parts = ({ stdout }: Ended): [string[], string] => {
      // the boundary that curl draws differs from call to call
      const [head = '', ...body] = stdout.toString('latin1').replaceAll(/-{20,}\w+/g, '(boundary)').split('\r\n\r\n')
      return [endToEnd(head.split('\r\n')), body.join('\r\n\r\n')]
    }
    expect(parts(through)).toEqual(parts(direct))
    expect(through.stdout.toString('latin1')).toMatch(/\r\nx-request-id: \S+\r\n/)
  })

  it('is heard by the server as it spoke, with what a proxy adds', async () => {
    const args = ['-X', 'POST', '-A', 'a client/1.0', '-H', 'X-One: 1', '-H', 'X-Two: 2', '-H', 'x-one: again', '-H', 'Connection: x-hop', '-H', 'X-Hop: 1', '-b', 'visit=1; user=2', '-d', 'hello', `${tunnel.url}/what?a=%2f&b`]
    const { stdout } = await curl(args)
    const what = JSON.parse(stdout.toString()) as { method: string, url: string, headers: Record<string, string>, rawHeaders: string[], body: string }
    expect(what).toMatchObject({
      method: 'POST', url: '/what?a=%2f&b', body: 'hello',
      headers: {
        host: tunnel.address, 'user-agent': 'a client/1.0', cookie: 'visit=1; user=2', 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http',
        'x-forwarded-host': tunnel.address, via: expect.stringMatching(/^1\.1 windtunnel-\w+$/), 'x-request-id': expect.stringMatching(/^\S+$/)
      }
    })
    expect(what.headers).not.toHaveProperty('x-hop')
    // names, order and repeats as curl wrote them
    expect(what.rawHeaders.filter((_, i) => /^x-(?:one|two)$/i.test(what.rawHeaders[i - i % 2]!))).toEqual(['X-One', '1', 'X-Two', '2', 'x-one', 'again'])
  })

  it('gets an answer to HTTP/1.0 without chunks, ended by the close', async () => {
    const { code, stdout } = await curl(['--http1.0', '-i', `${tunnel.url}/chunks`])
    const [head = '', body] = stdout.toString().split('\r\n\r\n')
    expect([code, body]).toEqual([0, 'one two three\n'])
    expect(head.toLowerCase()).not.toContain('transfer-encoding')
    expect(head.toLowerCase()).toContain('connection: close')
  })

  it('keeps an HTTP/1.0 connection when both sides want that', async () => {
    const url = `${tunnel.url}/zipped`
    const { stdout } = await curl(['--http1.0', '-H', 'Connection: keep-alive', '-w', '%{num_connects} ', '-o', '/dev/null', '-o', '/dev/null', url, url])
    expect(stdout.toString()).toBe('1 0 ')
  })

  it('sends a POST by HTTP/1.0', async () => {
    const { stdout } = await curl(['--http1.0', '-d', 'old and short', `${tunnel.url}/echo`])
    expect(stdout.toString()).toBe('old and short')
  })

  describe('that waits for leave to send', () => {
    const asks = (stderr: string): boolean => /^> Expect: 100-continue/m.test(stderr)
    const isLet = (stderr: string): boolean => /^< HTTP\/1\.1 100 Continue/m.test(stderr)

    it.each([
      ['a large body', ['-H', 'x-large: 1'], randomBytes(2 * MIB)],
      ['a small body', ['-H', 'Expect: 100-continue'], Buffer.from('small')],
      ['a body in chunks', ['-H', 'Expect: 100-continue', '-H', 'transfer-encoding: chunked'], randomBytes(200_000)]
    ])('gets it from the server, with %s', async (_name, args, body) => {
      let asked = 0
      const onExpect = (request: Parameters<Handler>[0], response: Parameters<Handler>[1]): void => {
        asked++
        response.writeContinue()
        origin.server.emit('request', request, response)
      }
      origin.server.on('checkContinue', onExpect)
      try {
        // curl would send unasked after a while; the wait is made longer than the test
        const { stdout, stderr } = await curl(['-v', '--expect100-timeout', '60', ...args, '--data-binary', `@${file('large', body)}`, `${tunnel.url}/echo`])
        expect([asks(stderr), isLet(stderr), asked]).toEqual([true, true, 1])
        expect(sha256(stdout)).toBe(sha256(body))
      } finally {
        origin.server.off('checkContinue', onExpect)
      }
    })

    it('sends nothing when the server refuses by the head alone', async () => {
      const refuse = (_request: unknown, response: Parameters<Handler>[1]): void => { sendJson(response, { error: 'too much' }, 413) }
      origin.server.on('checkContinue', refuse)
      try {
        const { code, stdout } = await curl(['-o', '/dev/null', '-w', '%{http_code} %{size_upload}', '--expect100-timeout', '60', '--data-binary', `@${file('refused', randomBytes(2 * MIB))}`, `${tunnel.url}/echo`])
        expect([code, stdout.toString()]).toEqual([0, '413 0'])
      } finally {
        origin.server.off('checkContinue', refuse)
      }
    })

    it('gets it from Windtunnel where a rule reads the body, and the server is not asked again', async () => {
      const body = JSON.stringify({ model: 'small-1', text: 'x'.repeat(100_000) })
      const { stdout, stderr } = await curl(['-v', '--expect100-timeout', '60', '-H', 'Expect: 100-continue', '--data-binary', `@${file('json', body)}`, `${tunnel.url}/by-body`])
      expect([asks(stderr), isLet(stderr), stdout.toString()]).toEqual([true, true, '{"path":"/by-body"}'])
      expect(origin.last.headers).not.toHaveProperty('expect')
    })
  })

  it.each([
    ['from standard input', (octets: Buffer) => curl(['-T', '-', `${tunnel.url}/echo`], { input: octets })],
    ['because it is told to', (octets: Buffer) => curl(['-H', 'transfer-encoding: chunked', '-H', 'Expect:', '--data-binary', `@${file('chunks', octets)}`, `${tunnel.url}/echo`])]
  ])('uploads in chunks %s', async (_name, upload) => {
    const octets = randomBytes(300_000)
    const { stdout } = await upload(octets)
    expect(sha256(stdout)).toBe(sha256(octets))
    expect(origin.last.headers['transfer-encoding']).toBe('chunked')
    expect(origin.last.headers).not.toHaveProperty('content-length')
  })

  it('gets a compressed answer as the server packed it', async () => {
    const packed = await curl([`${tunnel.url}/zipped`])
    expect(packed.stdout).toEqual(ZIPPED)
    const unpacked = await curl(['--compressed', `${tunnel.url}/zipped`])
    expect(unpacked.stdout).toEqual(gunzipSync(ZIPPED))
    expect(origin.last.headers['accept-encoding']).toContain('gzip')
  })

  it('that asks for a compressed transfer gets a plain one: that is for each hop to agree on', async () => {
    const { code, stdout } = await curl(['--tr-encoding', `${tunnel.url}/what`])
    const { headers } = JSON.parse(stdout.toString()) as { headers: Record<string, string> }
    expect(code).toBe(0)
    expect(headers).not.toHaveProperty('te')
  })

  it.each([
    ['gets trailers when it says that it takes them', ['-H', 'TE: trailers', '-H', 'Connection: TE'], '17'],
    ['gets no trailers when it does not', [], undefined]
  ])('%s', async (_name, args, tokens) => {
    const dump = join(folder, 'heads')
    const { code, stdout } = await curl([...args, '-D', dump, `${tunnel.url}/trailers`])
    expect([code, stdout.toString()]).toEqual([0, 'an answer\n'])
    const [, behind = ''] = (await readFile(dump, 'latin1')).split('\r\n\r\n')
    expect(/^x-tokens: (\d+)/im.exec(behind)?.[1]).toBe(tokens)
  })

  it('fetches two URLs over one connection, and so does Windtunnel', async () => {
    await curl([`${tunnel.url}/lines`])
    const before = origin.connections
    const url = `${tunnel.url}/lines`
    const { stdout } = await curl(['-w', '%{num_connects} ', '-o', '/dev/null', '-o', '/dev/null', '-o', '/dev/null', url, url, url])
    expect(stdout.toString()).toBe('1 0 0 ')
    expect(origin.connections).toBe(before)
  })

  it('fetches 200 URLs, 20 at a time, and gets each its own answer', async () => {
    const { code } = await curl(['-Z', '--parallel-max', '20', '-o', join(folder, 'answer-#1'), `${tunnel.url}/numbered/[1-200]`])
    expect(code).toBe(0)
    const numbers = Array.from({ length: 200 }, (_, i) => i + 1)
    const answers = await Promise.all(numbers.map(async (number) => JSON.parse(await readFile(join(folder, `answer-${number}`), 'utf8')) as unknown))
    expect(answers).toEqual(numbers.map((number) => ({ path: `/numbered/${number}` })))
  })

  it('sends 10 MB up and gets them down unchanged, at the same time', async () => {
    const octets = randomBytes(10_000_000)
    const path = file('up', octets)
    const down = join(folder, 'down')
    const { code, stdout } = await curl(['-T', path, '-o', down, '-w', '%{size_upload} %{size_download}', `${tunnel.url}/echo`])
    expect([code, stdout.toString()]).toEqual([0, '10000000 10000000'])
    expect(sha256(await readFile(down))).toBe(sha256(octets))
  })

  it.each([
    ['waits for an answer', '/hold'],
    ['is in the middle of a download', '/endless']
  ])('cancels at the server when it is stopped while it %s', async (name, path) => {
    const url = `${path}?${encodeURIComponent(name)}`
    const { child, ended } = startCurl([`${tunnel.url}${url}`])
    const started = path === '/endless' ? new Promise((resolve) => { child.stdout?.once('data', resolve) }) : origin.saw((seen) => seen.url === url)
    await started
    child.kill('SIGKILL')
    await ended
    await origin.lost((seen) => seen.url === url)
  })

  it('cancels at the server when it is stopped in the middle of an upload', async () => {
    const url = '/hold?upload'
    const { child, ended } = startCurl(['--limit-rate', '200k', '-T', file('slow', randomBytes(4 * MIB)), `${tunnel.url}${url}`])
    const { request } = await origin.saw((seen) => seen.url === url)
    await new Promise((resolve) => { request.once('data', resolve) })
    child.kill('SIGKILL')
    await ended
    await origin.lost((seen) => seen.url === url)
  })

  it.each([
    ['of a stated length', ['/cut/length']],
    ['in chunks', ['/cut/chunked']],
    ['that ends with the connection', ['--http1.0', '/cut/chunked']]
  ])('notices that an answer %s was cut off', async (_name, args) => {
    const { code, stdout } = await curl([...args.slice(0, -1), `${tunnel.url}${args.at(-1)}`])
    // 18: only a part came; 56: the connection was reset
    expect([18, 56]).toContain(code)
    expect(stdout.toString()).toBe('half')
  })

  it.each(['http://some.host/lines', 'http://some.host:8080/lines?q=1'])('that uses Windtunnel as its proxy gets %s from the backend', async (url) => {
    const { code, stdout } = await curl(['-x', tunnel.url, url])
    expect([code, stdout.toString()]).toEqual([0, 'some lines\n'])
    expect([origin.last.headers.host, origin.last.url]).toEqual([new URL(url).host, url.replace(/^http:\/\/[^/]+/, '')])
    expect(origin.last.headers).not.toHaveProperty('proxy-connection')
  })

  it('is refused a tunnel to anywhere', async () => {
    const { code, stdout } = await curl(['-p', '-x', tunnel.url, '-w', '%{http_connect}', 'http://some.host/lines'])
    expect([code, stdout.toString()]).toEqual([56, '405'])
  })

  it.each([
    ['a host that no route takes', ['-H', 'host: unknown.example', '/lines'], 404, 'no_route'],
    ['a backend that is not there', ['/gone'], 502, 'connect_refused'],
    ['a body that no rule takes', ['-d', '{"model":"large"}', '/by-body'], 502, 'connect_refused']
  ])('learns what is wrong with %s', async (_name, args, status, code) => {
    const { stdout } = await curl(['-i', ...args.slice(0, -1), `${tunnel.url}${args.at(-1)}`])
    const [head = '', body = ''] = stdout.toString().split('\r\n\r\n')
    expect(head.split('\r\n')).toEqual(expect.arrayContaining([expect.stringMatching(new RegExp(`^HTTP/1.1 ${status} `)), `x-windtunnel-error: ${code}`, 'content-type: application/json']))
    expect(JSON.parse(body)).toMatchObject({ error: { code } })
  })

  it('that sends what no HTTP client may is refused and nothing of it reaches the backend', async () => {
    const before = origin.seen.length
    const { stdout } = await curl(['-i', '-H', 'Content-Length: 3', '-H', 'Transfer-Encoding: chunked', '-d', 'abc', `${tunnel.url}/echo`])
    expect(stdout.toString().split('\r\n')).toEqual(expect.arrayContaining([expect.stringMatching(/^HTTP\/1\.1 400 /), 'connection: close']))
    expect(origin.seen.length).toBe(before)
  })

  it('leaves nothing behind', async () => {
    await tunnel.rests()
  })
})
