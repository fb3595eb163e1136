/** As much of http-proxy as its rival uses; the package brings no types. */
declare module 'http-proxy' {
  import type { Agent, IncomingMessage, ServerResponse } from 'node:http'
  import type { Socket } from 'node:net'

  interface ProxyServer {
    web(request: IncomingMessage, response: ServerResponse): void
    on(event: 'error', listener: (error: Error, request: IncomingMessage, response: ServerResponse | Socket) => void): this
  }
  const httpProxy: {
    createProxyServer(options: { readonly target: string, readonly agent: Agent, readonly xfwd: boolean }): ProxyServer
  }
  export default httpProxy
}
