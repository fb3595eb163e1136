/*
 * Posts one body for many users in turn, with autocannon. A program of its own, so that what it costs is not the bench's.
 * Arguments: port, seconds. Prints a LoadResult.
 */
import autocannon from 'autocannon'
import { PATH, QUESTION, USERS, userOf } from '../model.ts'
import { times } from '../numbers.ts'
import { CONNECTIONS, type LoadResult } from './load.ts'

const [port, seconds] = process.argv.slice(2)
const { requests, latency, duration, errors, non2xx } = await autocannon({
  url: `http://127.0.0.1:${port}`,
  connections: CONNECTIONS,
  duration: Number(seconds),
  requests: times(USERS).map((user) => ({
    method: 'POST', path: PATH, headers: { host: 'models.test', 'content-type': 'application/json', 'x-user-id': userOf(user) }, body: QUESTION
  }))
})
const result: LoadResult = { requests: requests.total, seconds: duration, p50Ms: latency.p50, p99Ms: latency.p99, errors: errors + non2xx }
process.stdout.write(`${JSON.stringify(result)}\n`)
