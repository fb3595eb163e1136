/** Whose errors an answer can be made to look like. */
export const dialects = ['openai', 'anthropic', 'open-inference', 'plain'] as const

/** What a status is called, by those who name it: OpenAI's `type` and `code`, Anthropic's `type`. */
interface Names {
  readonly openai: readonly [type: string, code: string | null]
  readonly anthropic: string
  readonly message: string
}

/*
 * Source: OpenAI API reference, Error codes; Anthropic API reference, Errors (HTTP errors and Error shapes, 529 among them).
 */
const NAMES: ReadonlyMap<number, Names> = new Map<number, Names>([
  [400, { openai: ['invalid_request_error', null], anthropic: 'invalid_request_error', message: 'The request could not be understood.' }],
  [401, { openai: ['invalid_request_error', 'invalid_api_key'], anthropic: 'authentication_error', message: 'Incorrect API key provided.' }],
  [403, { openai: ['invalid_request_error', 'unsupported_country_region_territory'], anthropic: 'permission_error', message: 'Access denied.' }],
  [404, { openai: ['invalid_request_error', 'model_not_found'], anthropic: 'not_found_error', message: 'The model does not exist or you do not have access to it.' }],
  [413, { openai: ['invalid_request_error', null], anthropic: 'request_too_large', message: 'The request is too large.' }],
  [429, { openai: ['requests', 'rate_limit_exceeded'], anthropic: 'rate_limit_error', message: 'Rate limit reached. Please try again later.' }],
  [500, { openai: ['server_error', null], anthropic: 'api_error', message: 'The server had an error while processing your request.' }],
  [503, { openai: ['server_error', null], anthropic: 'api_error', message: 'The engine is currently overloaded, please try again later.' }],
  [504, { openai: ['server_error', null], anthropic: 'timeout_error', message: 'The request timed out.' }],
  [529, { openai: ['server_error', null], anthropic: 'overloaded_error', message: 'Overloaded' }]
])

const CLIENT: Names = { openai: ['invalid_request_error', null], anthropic: 'invalid_request_error', message: 'The request was refused.' }
const SERVER: Names = { openai: ['server_error', null], anthropic: 'api_error', message: 'The server had an error.' }

/** The body of an error with this status, as that API would word it. */
export function errorBody(dialect: typeof dialects[number], status: number, message?: string): { readonly contentType: string, readonly body: string } {
  const names = NAMES.get(status) ?? (status < 500 ? CLIENT : SERVER)
  const said = message ?? names.message
  switch (dialect) {
    case 'openai': return json({ error: { message: said, type: names.openai[0], param: null, code: names.openai[1] } })
    case 'anthropic': return json({ type: 'error', error: { type: names.anthropic, message: said } })
    case 'open-inference': return json({ error: said })
    default: return { contentType: 'text/plain; charset=utf-8', body: `${said}\n` }
  }
}

const json = (value: unknown): { readonly contentType: string, readonly body: string } => ({ contentType: 'application/json', body: JSON.stringify(value) })
