import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isInstalled } from '../machine.ts'
import { proxyOn, type Variant } from './proxy.ts'

const config = (port: number, backend: number): string => `global
  nbthread 1
  maxconn 8192

defaults
  mode http
  timeout connect 2s
  timeout client 600s
  timeout server 60s
  http-reuse always

frontend clients
  bind 127.0.0.1:${port} backlog 4096
  option forwardfor
  http-request set-header x-forwarded-proto http
  http-request set-header x-forwarded-host %[req.hdr(host)]
  default_backend models

backend models
  server model 127.0.0.1:${backend}
`

/** HAProxy in front of one backend: one thread, connections shared and kept, no log. */
export const haproxy = (backend: number): Variant => ({
  name: 'haproxy',
  missing: isInstalled('haproxy') ? undefined : 'haproxy is not installed',
  start: (lab) => proxyOn('haproxy', (port) => {
    const file = join(lab.dir, `haproxy-${port}.cfg`)
    writeFileSync(file, config(port, backend))
    return lab.processes.serve('haproxy', ['-db', '-f', file], [port])
  })
})
