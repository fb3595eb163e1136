import { PARAGRAPHS } from './corpus.ts'
import { describeHouseModels } from './describe.ts'
import { trainHouseModels } from './house-models.ts'
import type { RunningServer } from './json-server.ts'
import { perplexity, trainLanguageModel } from './language-model.ts'
import { type LlmServer, startLlmServer } from './llm-server.ts'
import { startModelServer } from './model-server.ts'

export interface DemoOptions {
  /** Of the made-up sales the models learn from; 1 by default. */
  readonly seed?: number
  /** ms between tokens; 20 by default. */
  readonly tokenMs?: number
  /** ms since 1970; fractions are welcome, answers tell how long they took. */
  readonly now: () => number
}

/** Where the demo's model servers listen: three house models and two language models. */
export interface DemoUrls {
  readonly v1: string
  readonly v2: string
  readonly v3: string
  readonly llm1: string
  readonly llm2: string
}

export interface Demo {
  readonly urls: DemoUrls
  /** A line on each model, and on where they disagree, measured on houses they have not seen. */
  describe(): readonly string[]
  close(): Promise<void>
}

const HOST = '127.0.0.1'

/** Trains the demo's models, which takes less than a second, and serves each on a port of its own on loopback. */
export async function startDemo({ seed = 1, tokenMs = 20, now }: DemoOptions): Promise<Demo> {
  const models = trainHouseModels(seed)
  const trigrams = trainLanguageModel(PARAGRAPHS, 3)
  const fourgrams = trainLanguageModel(PARAGRAPHS, 4)
  const running: RunningServer[] = []
  const close = async (): Promise<void> => {
    await Promise.all(running.map((server) => server.close()))
  }
  const keep = <Server extends RunningServer>(server: Server): Server => {
    running.push(server)
    return server
  }
  const at = { host: HOST, port: 0, now }
  try {
    const v1 = keep(await startModelServer({ ...at, model: models.v1, version: 'v1', delay: { fixedMs: 4, tailMs: 3 } }))
    const v2 = keep(await startModelServer({ ...at, model: models.v2, version: 'v2', delay: { fixedMs: 6, tailMs: 4 } }))
    const v3 = keep(await startModelServer({ ...at, model: models.v3, version: 'v3', delay: { fixedMs: 6, tailMs: 5 } }))
    const llm1: LlmServer = keep(await startLlmServer({ ...at, model: trigrams, version: 'llm1', temperature: 0.55, tokenMs }))
    const llm2: LlmServer = keep(await startLlmServer({ ...at, model: fourgrams, version: 'llm2', temperature: 0.65, tokenMs }))
    return {
      urls: { v1: v1.url, v2: v2.url, v3: v3.url, llm1: llm1.url, llm2: llm2.url },
      describe: () => [
        ...describeHouseModels(models),
        `llm1: trigrams of ${trigrams.words.length - 1} words, perplexity ${perplexity(trigrams, PARAGRAPHS).toFixed(1)} on what it read`,
        `llm2: four words at a time, perplexity ${perplexity(fourgrams, PARAGRAPHS).toFixed(1)}`
      ],
      close
    }
  } catch (error) {
    await close()
    throw error
  }
}
