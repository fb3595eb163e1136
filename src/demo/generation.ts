import { setTimeout as wait } from 'node:timers/promises'
import type { ChatRequest } from './chat-request.ts'
import type { LanguageModel } from './language-model.ts'
import { createRng } from '../core/rng.ts'
import { untilStop } from './stop-text.ts'
import { writeParagraph } from './writer.ts'

/** Counts of generations. What is started and neither finished nor aborted is under way. */
export interface GenerationCounts {
  started: number
  finished: number
  /** Broken off because the client was gone. */
  aborted: number
  /** Tokens drawn, by all of them. */
  tokens: number
}

export interface GenerationOptions {
  readonly model: LanguageModel
  /** Where the request does not say. */
  readonly temperature: number
  readonly tokenMs: number
  readonly counts: GenerationCounts
}

/** One answer while it is being written. `finish` and `tokens` are final when `pieces` has ended. */
export class Generation {
  /** Why it ended: by itself or at a stop text, or at the number of tokens asked for. */
  finish: 'stop' | 'length' = 'stop'
  tokens = 0
  private readonly options: GenerationOptions
  private readonly request: ChatRequest

  constructor(options: GenerationOptions, request: ChatRequest) {
    this.options = options
    this.request = request
  }

  /** The pieces of the text, each when its time has come. Throws when `signal` is aborted. */
  async * pieces(signal: AbortSignal): AsyncGenerator<string, void> {
    const { counts, tokenMs } = this.options
    let paid = 0
    let finished = false
    counts.started++
    try {
      for (const text of untilStop(this.draw(), this.request.stops)) {
        // text may be held back until it is sure to begin no stop; each token takes its time all the same
        await wait(tokenMs * (this.tokens - paid), undefined, { signal })
        paid = this.tokens
        yield text
      }
      finished = true
    } finally {
      counts[finished ? 'finished' : 'aborted']++
    }
  }

  private * draw(): Generator<string, void> {
    const { model, temperature, counts } = this.options
    const { seed, prompt, maxTokens } = this.request
    for (const piece of writeParagraph(model, { rng: createRng(seed), temperature: this.request.temperature ?? temperature, about: prompt })) {
      if (this.tokens === maxTokens) {
        this.finish = 'length'
        return
      }
      this.tokens++
      counts.tokens++
      yield piece
    }
  }
}
