import { z } from 'zod'
import { duration, size } from '../../core/scalars.ts'
import type { ForwardedConfig, ListenConfig } from '../types.ts'
import { address, count, filePath, network } from './texts.ts'

const tls = z.strictObject({
  cert: filePath().describe('path of the PEM file with the certificate and its chain'),
  key: filePath().describe('path of the PEM file with the private key')
}).meta({ title: 'TLS of the listener', description: 'certificate and key; without them clients speak plain HTTP' })

const timeouts = z.strictObject({
  head: duration({ min: '1ms' }).prefault('10s').describe('how long a client may take to send a request head'),
  keepAlive: duration({ min: '1ms' }).prefault('75s').describe('how long a connection may wait for its next request'),
  idle: duration().prefault('60s').describe('how long a client may pause within a body, or not read its answer; 0s is for ever')
}).prefault({}).meta({ title: 'timeouts towards clients', description: 'how long clients are waited for' })

const forwarded: z.ZodType<ForwardedConfig> = z.strictObject({
  trust: z.array(network()).prefault([]).describe('addresses or networks whose x-forwarded-*, forwarded and x-real-ip are believed; from others they are dropped'),
  send: z.boolean().default(true).describe('whether backends are sent x-forwarded-for, x-forwarded-proto and x-forwarded-host'),
  via: z.boolean().default(true).describe('whether backends are sent a Via header, which is also how loops are noticed')
}).prefault({}).meta({ title: 'forwarding headers', description: 'what backends are told about where a request comes from' })

const fields = z.strictObject({
  address: address().prefault('127.0.0.1:8080').describe('host and port, such as 127.0.0.1:8080 or [::1]:8080'),
  tls: tls.optional(),
  maxHead: size({ min: '1KiB', max: '1MiB' }).prefault('16KiB').describe('largest request head; a larger one is answered 431'),
  maxHeaders: count(1, 10_000).default(200).describe('header lines of a request at most; more are answered 431'),
  maxConnections: count(1, 1_000_000).default(20_000).describe('client connections at once, over all threads; one more is closed'),
  timeouts,
  halfClose: z.enum(['cancel', 'answer']).default('cancel')
    .describe('what it means when a client ends its side after a whole request: it is gone (cancel), or it is only done sending (answer)'),
  forwarded
}).meta({ title: 'listener' })

/** Where clients connect, as an address alone or with all its settings. */
export const listen: z.ZodType<ListenConfig> = z.union([
  address().transform((alone): ListenConfig => ({ ...fields.parse({}), tls: undefined, address: alone })),
  fields.transform((all): ListenConfig => ({ ...all, tls: all.tls }))
]).prefault({}).describe('where clients connect: an address, or a mapping with the address and its limits')
