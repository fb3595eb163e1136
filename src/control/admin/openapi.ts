import { VERSION } from '../version.ts'
import type { Endpoint } from './endpoint.ts'

/** Describes the endpoints as an OpenAPI 3.1 document. */
export function openApi(endpoints: readonly Endpoint[]): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const { method, openapi, summary, statuses } of endpoints) {
    const parameters = [...openapi.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
    const operation = {
      summary,
      ...(parameters.length > 0 && { parameters }),
      ...(method === 'POST' && { security: [{ token: [] }, {}] }),
      responses: Object.fromEntries(Object.entries(statuses).map(([status, description]) => [status, { description }]))
    }
    paths[openapi] = { ...paths[openapi], [method.toLowerCase()]: operation }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Windtunnel admin API', version: VERSION },
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } }
  }
}
