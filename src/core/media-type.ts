/** A content type without its parameters, in small letters. */
export function mediaTypeOf(contentType: string): string {
  if (contentType === 'application/json') return contentType // nearly all of them
  const end = contentType.indexOf(';')
  return (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase()
}

/** Whether a media type is that of server-sent events. */
export const isEventStream = (mediaType: string): boolean => mediaType === 'text/event-stream'

/** Whether a media type is one of JSON texts that come one after another, a line each. */
export const isLineStream = (mediaType: string): boolean => LINES.has(mediaType)

// `stream+json` and `json-seq` are no single document either
const LINES: ReadonlySet<string> = new Set([
  'application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines', 'application/jsonlines', 'application/stream+json', 'application/json-seq'
])
