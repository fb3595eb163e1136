import { Agent, request } from 'node:http'
import { PATH, QUESTION, userOf } from '../model.ts'
import { times } from '../numbers.ts'

// programs on V8 are slow at first
const WARM_UP = 1000

/** ms that each of `count` requests took as its client measures it, `concurrency` at a time, once both sides are warm. */
export async function measureDelays(port: number, count: number, concurrency: number): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  let next = 0
  const took: number[] = []
  const worker = async (): Promise<void> => {
    while (next < count + WARM_UP) {
      const index = next++
      const ms = await ask(port, index, agent)
      if (index >= WARM_UP) took.push(ms)
    }
  }
  await Promise.all(times(concurrency).map(worker))
  agent.destroy()
  return took
}

function ask(port: number, index: number, agent: Agent): Promise<number> {
  const startedMs = performance.now()
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: PATH, method: 'POST', agent, headers: { 'content-type': 'application/json', 'x-user-id': userOf(index), 'content-length': QUESTION.length } }, (response) => {
      response.resume().on('end', () => resolve(performance.now() - startedMs))
    }).on('error', reject).end(QUESTION)
  })
}
