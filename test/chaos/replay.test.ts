import { describe, expect, it } from 'vitest'
import { faults } from '../../src/chaos/faults/index.ts'
import { answerOf, blowOf, degradedBy } from './support/fault.ts'
import { SAMPLES } from './faults/samples/index.ts'

// what these do depends on the answers before, in the order they came: one thread's log in its order is what replays them
const STATEFUL = new Set(['stale', 'freeze', 'stuck', 'lag', 'noise'])

const IDS = Array.from({ length: 40 }, (_, i) => `request-${i}`)

/** Answers that some fault or other has something to do with. */
const ANSWERS: readonly { readonly body: string, readonly path: string }[] = [
  { path: '/v1/models/m:predict', body: '{"predictions":[{"label":"a","class":"a","scores":[0.7,0.2,0.1],"value":1.50,"price":100.0,"boxes":[{"box":[0,0,10,10],"label":"a","score":0.9}]},{"label":"b","scores":[0.1,0.8,0.1],"value":2.5}]}' },
  { path: '/v1/chat/completions', body: '{"object":"chat.completion","id":"x","model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"One is 1. Two is 2. It is not three.","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"}}]}}],"usage":{"prompt_tokens":3,"completion_tokens":9,"total_tokens":12}}' },
  { path: '/v1/embeddings', body: '{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.10,0.2,-0.3,0.4]}]}' },
  { path: '/rerank', body: '{"results":[{"index":2,"relevance_score":0.9},{"index":0,"relevance_score":0.5},{"index":1,"relevance_score":0.1}]}' }
]

describe.each(faults.filter(({ stage, name }) => stage === 'payload' && !STATEFUL.has(name)))('what $name makes of answers', ({ name, build, fields }) => {
  it('is the same octet by octet whenever, in whatever order and beside whatever else a log is played again', () => {
    for (const given of SAMPLES[name] ?? []) {
      const play = (ids: readonly string[]): ReadonlyMap<string, string | undefined> => {
        const striker = build(fields.parse({ kind: name, ...given }))()
        return new Map(ids.flatMap((id) => ANSWERS.map(({ body, path }, i) => [`${id} ${i}`, degradedBy(striker(blowOf(id)), answerOf(body, { path }))] as const)))
      }
      const [forth, back, few] = [play(IDS), play(IDS.toReversed()), play(IDS.filter((_, i) => i % 7 === 0))]
      for (const [key, text] of forth) {
        expect([key, back.get(key)]).toEqual([key, text])
        if (few.has(key)) expect([key, few.get(key)]).toEqual([key, text])
      }
    }
  })
})
