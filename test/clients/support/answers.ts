import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { echo, type Handler, sendJson } from './origin.ts'

/** A compressed body. */
export const ZIPPED: Buffer = gzipSync('the same words again and again. '.repeat(2000))

/** What a server does, by path. */
export const ROUTES: Readonly<Record<string, Handler>> = {
  '/echo': echo,
  '/what': async (request, response) => {
    const body = await text(request)
    const { method, url, headers, rawHeaders } = request
    sendJson(response, { method, url, headers, rawHeaders, body })
  },
  '/lines': (_request, response) => {
    response.setHeader('set-cookie', ['a=1; Path=/', 'b=2'])
    response.setHeader('X-Mixed-Case', 'Kept As It Is')
    response.writeHead(203, 'Quite All Right', { 'content-type': 'text/plain', etag: '"v1"' }).end('some lines\n')
  },
  '/chunks': (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' })
    for (const word of ['one ', 'two ', 'three\n']) response.write(word)
    response.end()
  },
  '/trailers': (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', trailer: 'x-tokens' })
    response.write('an answer\n')
    response.addTrailers({ 'x-tokens': '17' })
    response.end()
  },
  '/zipped': (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip', 'content-length': ZIPPED.length }).end(ZIPPED)
  },
  '/empty': (_request, response) => { response.writeHead(204).end() },
  '/same': (_request, response) => { response.writeHead(304, { etag: '"v1"' }).end() },
  '/hold': () => undefined,
  '/endless': (_request, response) => {
    const more = (): void => {
      while (!response.destroyed) if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more)
    }
    more()
  },
  '/cut/length': (_request, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('half', () => response.destroy())
  },
  '/cut/chunked': (_request, response) => {
    response.writeHead(200).write('half', () => response.destroy())
  }
}
