import { z } from 'zod'
import { duration, percent } from '../../core/scalars.ts'
import type { AdminConfig, LogConfig, ShutdownConfig } from '../types.ts'
import { address, authority, count, filePath } from './texts.ts'

/** Data-plane threads. */
export const workers: z.ZodType<number | 'auto'> = z.union([count(1, 256), z.literal('auto')]).default(1)
  .describe('threads that serve requests; auto is one per core')

/** The admin API. */
export const admin: z.ZodType<AdminConfig> = z.strictObject({
  listen: address().prefault('127.0.0.1:9901').describe('where metrics, health, the API and the dashboard are served'),
  tokenFile: filePath().optional().describe('path of a file with the bearer token for writes; required unless the address is a loopback one'),
  hosts: z.array(authority()).prefault([]).describe('further names this address may be called by, as "name" or "name:port"')
}).transform(({ listen, tokenFile, hosts }): AdminConfig => ({ address: listen, tokenFile, hosts }))
  .prefault({}).meta({ title: 'admin API', description: 'metrics, health, API and dashboard' })

/** What is written to standard output. */
export const log: z.ZodType<LogConfig> = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('least severity that is logged'),
  access: percent().default(0).describe('percent of requests that get an access line')
}).prefault({}).meta({ title: 'log', description: 'what is written to standard output, as JSON lines' })

/** What SIGTERM does. */
export const shutdown: z.ZodType<ShutdownConfig> = z.strictObject({
  delay: duration().prefault('0s').describe('how long requests are still accepted after SIGTERM, while /readyz already fails'),
  grace: duration().prefault('30s').describe('how long requests under way may then take to end')
}).prefault({}).meta({ title: 'shutdown', description: 'how the process ends' })
