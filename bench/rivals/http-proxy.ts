/*
 * A proxy with http-proxy, as its users run it where speed matters: connections to the backend kept and reused (the package's own
 * default opens one per request), forwarding headers on, no other rule. Arguments: the port to listen on, the backend's.
 */
import { Agent, createServer } from 'node:http'
import httpProxy from 'http-proxy'

const [port, backend] = process.argv.slice(2)
const proxy = httpProxy.createProxyServer({
  target: `http://127.0.0.1:${backend}`,
  agent: new Agent({ keepAlive: true, maxSockets: 128, maxFreeSockets: 128 }),
  xfwd: true
})
proxy.on('error', (_error, _request, response) => {
  if ('writeHead' in response && !response.headersSent) response.writeHead(502)
  response.end()
})
createServer({ keepAliveTimeout: 600_000 }, (request, response) => proxy.web(request, response)).listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 })
