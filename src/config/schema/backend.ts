import { z } from 'zod'
import { duration } from '../../core/scalars.ts'
import type { BackendConfig, HealthConfig } from '../types.ts'
import { authority, backendUrl, count, filePath, headerName, headerValue } from './texts.ts'

/** Edits of a request's headers. @param what for whom */
export const headerEdits = (what: string): z.ZodType<BackendConfig['headers']> => z.strictObject({
  set: z.record(headerName(), headerValue()).prefault({}).meta({ title: 'headers', description: 'headers that replace the client\'s, by name' }),
  remove: z.array(headerName()).prefault([]).describe('headers of the client that are left out')
}).prefault({}).meta({ title: 'header edits', description: what })

const timeouts = z.strictObject({
  connect: duration({ min: '1ms' }).prefault('2s').describe('how long a connection may take to be there, where the route does not say'),
  keepAlive: duration().prefault('4s').describe('how long an unused connection is kept; keep it shorter than the server does'),
  dns: duration().prefault('5s').describe('how long an address is used before its name is looked up again')
}).prefault({}).meta({ title: 'timeouts of connections', description: 'how long connections to this backend are waited for and kept' })

const tls = z.strictObject({
  ca: filePath().optional().describe('path of a PEM file with the authorities to trust in place of the system\'s'),
  serverName: authority().optional().describe('name the certificate must be for, where it is not the URL\'s'),
  verify: z.boolean().default(true).describe('whether the certificate is checked; false is for tests alone')
}).prefault({}).transform(({ ca, serverName, verify }): BackendConfig['tls'] => ({ ca, serverName, verify }))
  .meta({ title: 'TLS to the backend', description: 'how an https: backend is trusted' })

const health: z.ZodType<HealthConfig> = z.strictObject({
  path: z.string().regex(/^\/[!-~]*$/, 'expected a path that starts with "/"').describe('path that is asked; a 2xx answer is healthy'),
  interval: duration({ min: '10ms' }).prefault('5s').describe('time between checks'),
  timeout: duration({ min: '1ms' }).prefault('2s').describe('how long a check may take'),
  unhealthyAfter: count(1, 1000).default(3).describe('failed checks in a row that make the backend unhealthy'),
  healthyAfter: count(1, 1000).default(1).describe('passed checks in a row that make it healthy again')
}).meta({ title: 'health check', description: 'asks the backend now and then whether it is well; none without this' })

const eject = z.strictObject({
  failures: count(1, 1_000_000).default(5).describe('failed requests in a row after which the backend is left alone for a while'),
  base: duration({ min: '1ms' }).prefault('1s').describe('how long the first time; it doubles each time'),
  max: duration({ min: '1ms' }).prefault('30s').describe('how long at most')
}).prefault({}).meta({ title: 'ejection', description: 'when a failing backend is left alone, and for how long' })

/** A model server. */
export const backend: z.ZodType<BackendConfig> = z.strictObject({
  url: backendUrl().describe('http: or https:, host and port, such as http://127.0.0.1:8000'),
  headers: headerEdits('how requests to this backend differ from the client\'s'),
  host: authority().default('client').describe('which Host it is sent: the client\'s (client), that of the URL (backend), or this text'),
  maxConnections: count(1, 1_000_000).default(256).describe('connections at once, over all threads'),
  maxWaiting: count(0, 1_000_000).default(1024).describe('requests that may wait for a connection, over all threads; one more is answered 503'),
  timeouts,
  tls,
  health: health.optional(),
  eject
}).transform((fields): BackendConfig => ({ ...fields, health: fields.health }))
  .meta({ title: 'backend', description: 'a model server: where it is, its limits and its health check' })
