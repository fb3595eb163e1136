import { z } from 'zod'
import { duration } from '../core/scalars.ts'
import type { StartOptions } from './chaos-control.ts'

const body = z.strictObject({ dryRun: z.boolean().default(false), lease: duration({ min: '1s' }).optional() })

/** Reads how an experiment is to be started; undefined when the body says something else. An empty one says nothing. */
export function readStart(octets: Buffer): StartOptions | undefined {
  if (octets.length === 0) return {}
  let json: unknown
  try {
    json = JSON.parse(octets.toString('utf8'))
  } catch {
    return undefined
  }
  const { data } = body.safeParse(json)
  return data === undefined ? undefined : { dryRun: data.dryRun, ...data.lease !== undefined && { leaseMs: data.lease } }
}
