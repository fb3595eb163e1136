import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isInstalled } from '../machine.ts'
import { nginxConfig } from './nginx-config.ts'
import { proxyOn, type Variant } from './proxy.ts'

/*
 * nginx as one sets it up for speed: connections to the backend kept, HTTP/1.1, no log. It forwards to one backend and sticks
 * to nothing, which is less than Windtunnel does beside it.
 */
const PROXY = [
  'proxy_http_version 1.1;',
  'proxy_set_header Connection "";',
  'proxy_set_header Host $http_host;',
  'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
  'proxy_set_header X-Forwarded-Proto $scheme;',
  'proxy_set_header X-Forwarded-Host $http_host;'
]

const upstream = (name: string, port: number): string =>
  `upstream ${name} { server 127.0.0.1:${port}; keepalive 128; keepalive_requests 1000000000; keepalive_timeout 600s; }`

/** nginx in front of one backend; with a shadow, its mirror module sends a copy of every request there. */
export function nginx(backend: number, shadow?: number): Variant {
  const name = shadow === undefined ? 'nginx' : 'nginx mirror'
  const locations = shadow === undefined ? 'location / { proxy_pass http://backend; }'
    : 'location / { mirror /mirror; proxy_pass http://backend; } location = /mirror { internal; proxy_pass http://shadow$request_uri; }'
  return {
    name,
    missing: isInstalled('nginx') ? undefined : 'nginx is not installed',
    start: (lab) => proxyOn(name, (port) => {
      const file = join(lab.dir, `nginx-${port}.conf`)
      writeFileSync(file, nginxConfig(lab.dir, `nginx-${port}`, [
        upstream('backend', backend),
        ...shadow === undefined ? [] : [upstream('shadow', shadow)],
        ...PROXY,
        `server { listen 127.0.0.1:${port} backlog=4096; ${locations} }`
      ]))
      return lab.processes.serve('nginx', ['-e', 'stderr', '-p', lab.dir, '-c', file], [port])
    })
  }
}
