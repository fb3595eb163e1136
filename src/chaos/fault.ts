/** What a fault wants done to one request. Faults decide; only the data plane acts. */
export type Effect =
  | { readonly do: 'wait', readonly ms: number }
  | { readonly do: 'answer', readonly status: number, readonly headers: readonly (readonly [string, string])[], readonly body: string }

/** The draws a fault may use, uniform in (0, 1): the same request gets the same ones on every replay. */
export type Draws = () => number

/** One fault, compiled: says what it does to a request it hits. */
export type Fault = (draws: Draws) => Effect
