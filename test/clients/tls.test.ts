import { createHash, randomBytes } from 'node:crypto'
import { copyFileSync, writeFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { connect, type TLSSocket } from 'node:tls'
import { Agent, fetch } from 'undici'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { ON_FREE_PORTS, temporaryFolder, Windtunnel } from '../support/windtunnel.ts'
import { Authority, type Certificate } from './support/authority.ts'
import { type CommandOptions, type Ended, isInstalled, run, start } from './support/command.ts'
import { echo, Origin, sendJson } from './support/origin.ts'

const sha256 = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex')
const hasOpenssl = isInstalled('openssl')
const hasCurl = isInstalled('curl')

describe.skipIf(!hasOpenssl)('TLS', () => {
  const folder = temporaryFolder()
  const [certFile, keyFile, caFile] = ['cert.pem', 'key.pem', 'ca.pem'].map((name) => join(folder, name)) as [string, string, string]
  let ours: Authority
  let theirs: Authority
  let model: Certificate
  let origin: Origin
  /** The backend's URL by name. */
  let named: string
  let tunnel: Windtunnel
  let dispatcher: Agent
  let yaml: string
  const url = (path: string): string => `https://${tunnel.address}${path}`
  /** Puts a certificate where the listener's is. */
  const place = ({ certFile: cert, keyFile: key }: Certificate): void => {
    copyFileSync(cert, certFile)
    copyFileSync(key, keyFile)
  }

  beforeAll(async () => {
    [ours, theirs] = await Promise.all([Authority.create('ours'), Authority.create('theirs')])
    const [first, backend] = await Promise.all([ours.certify('first', 'IP:127.0.0.1', 'DNS:localhost'), theirs.certify('model', 'IP:127.0.0.1', 'DNS:localhost', 'DNS:model.internal')])
    place(first)
    model = backend
    copyFileSync(theirs.file, caFile)
    origin = await Origin.start((request, response) => {
      if (request.url === '/echo') return void echo(request, response, origin)
      if (request.url === '/endless') {
        const more = (): void => { while (!response.destroyed) if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more) }
        return more()
      }
      if (request.url === '/cut') return void response.writeHead(200).write('half', () => response.destroy())
      sendJson(response, { headers: request.headers, servername: (request.socket as TLSSocket).servername })
    }, { cert: model.cert, key: model.key })
    named = origin.url.replace('127.0.0.1', 'localhost')
    yaml = `version: 1
listen: { address: 127.0.0.1:0, tls: { cert: "${certFile}", key: "${keyFile}" } }
admin: { listen: 127.0.0.1:0 }
backends:
  trusted: { url: "${named}", tls: { ca: "${caFile}" } }
routes:
  - { name: all, backend: trusted }
`
    tunnel = await Windtunnel.start(yaml)
    dispatcher = new Agent({ connect: { ca: ours.cert } })
  })
  afterAll(() => dispatcher?.destroy())

  /** Whom a new connection is answered by. */
  const commonName = async (port = tunnel.port): Promise<string | undefined> => {
    const socket = connect({ port, host: '127.0.0.1', ca: ours.cert })
    onTestFinished(() => { socket.destroy() })
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
    })
    return socket.getPeerCertificate().subject.CN as string | undefined
  }

  describe('on the listener', () => {
    it.skipIf(!hasCurl)('is trusted by a curl that knows its authority, and by no other', async () => {
      const curl = (args: readonly string[], options?: CommandOptions): Promise<Ended> => run('curl', ['-q', '-sS', '--max-time', '15', ...args], options)
      const { code, stdout, stderr } = await curl(['-v', '--cacert', ours.file, url('/what')])
      expect([code, JSON.parse(stdout.toString())]).toMatchObject([0, { headers: { 'x-forwarded-proto': 'https' } }])
      expect(stderr).toContain('ALPN: server accepted http/1.1')
      expect((await curl(['--cacert', theirs.file, url('/what')])).code).toBe(60)
    })

    it.skipIf(!hasCurl).each([
      ['by HTTP/1.1, in chunks', '--http1.1'],
      ['by HTTP/1.0, until the connection ends', '--http1.0']
    ])('tells a curl that an answer was cut off, %s', async (_name, version) => {
      const { code, stdout } = await run('curl', ['-q', '-sS', '--max-time', '15', version, '--cacert', ours.file, url('/cut')])
      // 18: only a part came; 56: the connection was reset
      expect([[18, 56].includes(code ?? 0), stdout.toString()]).toEqual([true, 'half'])
    })

    it.skipIf(!hasCurl)('carries HTTP/1.0', async () => {
      const { code, stdout } = await run('curl', ['-q', '-sS', '--max-time', '15', '--http1.0', '--cacert', ours.file, '-d', 'old and short', url('/echo')])
      expect([code, stdout.toString()]).toEqual([0, 'old and short'])
    })

    it.skipIf(!hasCurl)('cancels at the server when a curl is stopped in the middle of a download', async () => {
      const { child, ended } = start('curl', ['-q', '-sS', '--max-time', '15', '--cacert', ours.file, url('/endless')])
      await new Promise((resolve) => { child.stdout?.once('data', resolve) })
      child.kill('SIGKILL')
      await ended
      await origin.lost((seen) => seen.url === '/endless')
    })

    it('is trusted by undici with the authority', async () => {
      const response = await fetch(url('/what'), { dispatcher })
      expect([response.status, await response.json()]).toMatchObject([200, { headers: { host: tunnel.address } }])
      await expect(fetch(url('/what'))).rejects.toThrow('fetch failed')
    })

    it('carries 10 MB there and back unchanged, through two of them', async () => {
      const octets = randomBytes(10_000_000)
      const response = await fetch(url('/echo'), { method: 'POST', body: octets, dispatcher })
      expect(sha256(await buffer(response.body!))).toBe(sha256(octets))
    })

    it('carries 100 requests at once', async () => {
      const bodies = Array.from({ length: 100 }, (_, i) => `${i}:${'x'.repeat(i * 100)}`)
      expect(await Promise.all(bodies.map(async (body) => await (await fetch(url('/echo'), { method: 'POST', body, dispatcher })).text()))).toEqual(bodies)
    })

    it('carries a WebSocket', async () => {
      const server = new WebSocketServer({ server: origin.server })
      onTestFinished(() => { server.close() })
      server.on('connection', (socket) => socket.on('message', (data) => socket.send(data as Buffer)))
      const client = new WebSocket(url('/socket').replace('https', 'wss'), { ca: ours.cert })
      onTestFinished(() => client.terminate())
      await new Promise((resolve, reject) => { client.once('open', resolve).once('error', reject) })
      client.send('over two')
      expect(String(await new Promise((resolve) => { client.once('message', resolve) }))).toBe('over two')
    })

    it('outlives clients that do not speak it', async () => {
      await new Promise((resolve) => { connectTcp(tunnel.port, '127.0.0.1').on('error', () => undefined).once('close', resolve).resume().end('GET / HTTP/1.1\r\nhost: a\r\n\r\n') })
      expect((await fetch(url('/what'), { dispatcher })).status).toBe(200)
    })
  })

  describe('on the listener, renewed by a reload,', () => {
    it('shows the new certificate to new connections, and those there are go on', async () => {
      expect(await commonName()).toBe('first')
      const old = connect({ port: tunnel.port, host: '127.0.0.1', ca: ours.cert })
      onTestFinished(() => { old.destroy() })
      await new Promise((resolve) => { old.once('secureConnect', resolve) })
      place(await ours.certify('second', 'IP:127.0.0.1'))
      expect(await tunnel.api('POST', '/api/v1/config/reload')).toMatchObject({ ok: true })
      expect(await commonName()).toBe('second')
      const answer = new Promise<string>((resolve) => { old.once('data', (data) => resolve(data.toString())) })
      old.write('GET /what HTTP/1.1\r\nhost: a\r\n\r\n')
      expect(await answer).toMatch(/^HTTP\/1\.1 200 /)
    })

    it.each([
      ['that does not fit its key', async () => copyFileSync((await ours.certify('unfitting', 'IP:127.0.0.1')).certFile, certFile)],
      ['that is none', () => { writeFileSync(certFile, '-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n') }]
    ])('does not take a certificate %s, and stays as it was until there is a better one', async (_name, spoil) => {
      place(await ours.certify('good', 'IP:127.0.0.1'))
      const other = await Windtunnel.start(yaml)
      await spoil()
      const refused = await other.api('POST', '/api/v1/config/reload')
      place(await ours.certify('better', 'IP:127.0.0.1'))
      expect(refused).toMatchObject({ error: { code: 'bad_config', message: expect.stringContaining('listen.tls') } })
      expect(await commonName(other.port)).toBe('good')
      expect(await other.api('POST', '/api/v1/config/reload')).toMatchObject({ ok: true })
      expect(await commonName(other.port)).toBe('better')
      expect(await other.metric('worker_restarts_total')).toBe(0)
      other.signal('SIGKILL')
    })

    it('does not start with a certificate that does not fit its key, and says so', async () => {
      const [one, another] = await Promise.all([ours.certify('one', 'IP:127.0.0.1'), ours.certify('another', 'IP:127.0.0.1')])
      await expect(Windtunnel.start(yaml.replace(certFile, one.certFile).replace(keyFile, another.keyFile))).rejects.toThrow(/listen\.tls/)
    })
  })

  describe('to a backend', () => {
    // each backend is on a route of its own, by its name
    const cases: Readonly<Record<string, () => string>> = {
      named: () => `url: "${named}", tls: { ca: "${theirs.file}" }`,
      addressed: () => `url: "${origin.url}", tls: { ca: "${theirs.file}" }`,
      'other-authority': () => `url: "${named}", tls: { ca: "${ours.file}" }`,
      'unknown-authority': () => `url: "${named}"`,
      'other-name': () => `url: "${named}", tls: { ca: "${theirs.file}", serverName: other.internal }`,
      'own-name': () => `url: "${named}", tls: { ca: "${theirs.file}", serverName: model.internal }`,
      unchecked: () => `url: "${named}", tls: { verify: false }`,
      'checked-health': () => `url: "${named}", tls: { ca: "${theirs.file}" }, health: { path: /healthy/ca, interval: 10ms, unhealthyAfter: 1 }`,
      'unchecked-health': () => `url: "${named}", tls: { verify: false }, health: { path: /healthy/any, interval: 10ms, unhealthyAfter: 1 }`
    }
    let plain: Windtunnel
    beforeAll(async () => {
      plain = await Windtunnel.start(`${ON_FREE_PORTS}
backends:
${Object.entries(cases).map(([name, fields]) => `  ${name}: { ${fields()} }`).join('\n')}
routes:
${Object.keys(cases).map((name) => `  - { name: ${name}, match: { path: { exact: /${name} } }, backend: ${name} }`).join('\n')}
`)
    })
    const ask = async (name: string): Promise<{ readonly status: number, readonly error: string | null, readonly body: Record<string, unknown> }> => {
      const response = await fetch(`${plain.url}/${name}`)
      return { status: response.status, error: response.headers.get('x-windtunnel-error'), body: await response.json() as Record<string, unknown> }
    }

    it.each([
      ['a name', 'named'],
      ['an address', 'addressed']
    ])('is trusted by the authority the config names, for %s', async (_name, backend) => {
      expect(await ask(backend)).toMatchObject({ status: 200, error: null })
    })

    it.each([
      ['of another authority', 'other-authority'],
      ['of an authority the system does not know', 'unknown-authority'],
      ['for another name', 'other-name']
    ])('is not trusted with a certificate %s, and the client is told so', async (_name, backend) => {
      expect(await ask(backend)).toMatchObject({ status: 502, error: 'connect_refused', body: { error: { code: 'connect_refused' } } })
    })

    it('is not checked where the config says so', async () => {
      expect(await ask('unchecked')).toMatchObject({ status: 200, error: null })
    })

    it('is for the name the config says, which the backend is told', async () => {
      expect(await ask('own-name')).toMatchObject({ status: 200, body: { servername: 'model.internal' } })
    })

    it.each([
      ['its own authority', 'checked-health', '/healthy/ca'],
      ['none that is checked', 'unchecked-health', '/healthy/any']
    ])('is the same for its health checks, with %s', async (_name, backend, path) => {
      await origin.saw((seen) => seen.url === path)
      expect((await ask(backend)).status).toBe(200)
      expect(plain.logs.filter((line) => line.msg === 'backend is unhealthy' && line['backend'] === backend)).toEqual([])
    })

    it('leaves nothing behind when it fails', async () => {
      await plain.rests()
    })

    it('takes another authority when a reload finds another in the same file', async () => {
      const renewed = await Windtunnel.start(`${ON_FREE_PORTS}
backends:
  model: { url: "${named}", tls: { ca: "${caFile}" } }
routes:
  - { name: all, backend: model }
`)
      expect((await fetch(`${renewed.url}/what`)).status).toBe(200)
      copyFileSync(ours.file, caFile)
      expect(await renewed.api('POST', '/api/v1/config/reload')).toMatchObject({ ok: true })
      const response = await fetch(`${renewed.url}/what`)
      copyFileSync(theirs.file, caFile)
      expect([response.status, response.headers.get('x-windtunnel-error')]).toEqual([502, 'connect_refused'])
      renewed.signal('SIGKILL')
    })
  })

  it('leaves nothing behind', async () => {
    await tunnel.rests()
  })
})
