/** A request as rules see it: matchers, units and chaos targets read it through this and nothing else. */
export interface RequestView {
  readonly method: string
  /** Percent-decoded where that changes nothing, dot segments resolved, without the query. */
  readonly path: string
  /** Host as the client named it, lower case, with its port if it had one. */
  readonly host: string
  /** Value of a header by lower-case name; several lines joined with ", ". */
  header(name: string): string | undefined
  /** First value of a query parameter, decoded. */
  query(name: string): string | undefined
  cookie(name: string): string | undefined
  /** The body as JSON; undefined when it has not been read or is not JSON. */
  json(): unknown
}
