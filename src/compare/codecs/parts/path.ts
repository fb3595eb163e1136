/** Whether a request's path ends in `end`, whatever a gateway has put before it. */
export const isAt = (path: string, end: string): boolean => path.endsWith(end) || (path.endsWith('/') && path.slice(0, -1).endsWith(end))
