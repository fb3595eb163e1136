import { join } from 'node:path'
import { proxyOn, type Variant } from './proxy.ts'

/** A proxy written with a package, from rivals/. */
export const rival = (name: 'undici' | 'http-proxy', backend: number): Variant => ({
  name,
  missing: undefined,
  start: (lab) => proxyOn(name, (port) =>
    lab.processes.serve(process.execPath, [join(import.meta.dirname, '..', 'rivals', `${name}.ts`), String(port), String(backend)], [port]))
})
