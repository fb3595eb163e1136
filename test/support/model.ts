import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { Signal } from '../http/support/signal.ts'

/** A model server that says who it is and what it was sent, unless a test has it do something else. */
export class Model {
  readonly name: string
  /** Requests that came, those that were only asked for its health included. */
  readonly requests: IncomingMessage[] = []
  /** Answers that are being held back because `hold` was called. */
  readonly held: ServerResponse[] = []
  readonly changed: Signal = new Signal()
  private readonly server: Server
  private holding = false
  private listener: RequestListener | undefined

  constructor(name: string) {
    this.name = name
    this.server = createServer((request, response) => {
      this.requests.push(request)
      if (this.listener !== undefined) this.listener(request, response)
      else {
        request.resume()
        request.on('end', () => {
          if (this.holding) this.held.push(response)
          else this.answer(response)
          this.changed.fire()
        })
      }
      this.changed.fire()
    })
    this.server.keepAliveTimeout = 60_000
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => { this.server.listen(0, '127.0.0.1', resolve) })
    return this
  }

  /** Has it answer in another way from now on. */
  serve(listener: RequestListener): void {
    this.listener = listener
  }

  /** Answers no request until `release`. */
  hold(): void {
    this.holding = true
  }

  release(): void {
    this.holding = false
    for (const response of this.held.splice(0)) this.answer(response)
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve())
      this.server.closeAllConnections()
    })
  }

  private answer(response: ServerResponse): void {
    const { headers, method, url } = response.req
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ model: this.name, method, url, headers }))
  }
}

/** A model for one test, unless `atEnd` says otherwise; gone when that is over. */
export async function startModel(name: string, atEnd: (cleanUp: () => void | Promise<void>) => void = onTestFinished): Promise<Model> {
  const model = await new Model(name).listen()
  atEnd(() => model.close())
  return model
}
