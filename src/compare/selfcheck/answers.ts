import type { Answer } from '../../core/answer.ts'
import type { Rng } from '../../core/rng.ts'
import type { ComparisonOptions } from '../compare-answers.ts'
import type { Trial } from '../../core/trial.ts'

/** A mistake that a made-up model makes now and then, beside its noise. */
export interface Planted {
  readonly what: string
  /** Changes an answer; told whether the question is of the group it happens to. */
  readonly change: (answer: MadeAnswer, rng: Rng) => MadeAnswer
  readonly rate: number
  /** Field it shows in. */
  readonly path: string
}

/** What the made-up model says. */
export interface MadeAnswer {
  readonly label: string
  readonly score: number
  readonly scores: Readonly<Record<string, number>>
  readonly notes: string
  readonly embedding: readonly number[]
}

const LABELS = ['cat', 'dog', 'fox', 'owl']
const WORDS = 'the house is near a quiet park and has four rooms with a view of old trees behind tall walls'.split(' ')
// how often the model says something else the second time it is asked: a sampled text nearly always, a label seldom
const LABEL_NOISE = 0.03
const SCORE_NOISE = 1e-7
const WORD_NOISE = 0.2

/** A question, by what a model that never errs would say. */
export function question(rng: Rng): MadeAnswer {
  const raw = LABELS.map(() => rng.uniform() ** 3)
  const sum = raw.reduce((total, one) => total + one, 0)
  const shares = raw.map((one) => one / sum)
  const top = shares.indexOf(Math.max(...shares))
  return {
    label: LABELS[top] ?? '',
    score: 100 * rng.uniform(),
    scores: Object.fromEntries(LABELS.map((label, i) => [label, shares[i] ?? 0])),
    notes: Array.from({ length: 12 }, () => rng.pick(WORDS)).join(' '),
    embedding: Array.from({ length: 8 }, () => rng.normal())
  }
}

/** What a model with noise of its own answers to it, and with a mistake where one is planted. */
export function answerTo(asked: MadeAnswer, rng: Rng, mistake: Planted | undefined): MadeAnswer {
  const said: MadeAnswer = {
    label: rng.uniform() < LABEL_NOISE ? rng.pick(LABELS) : asked.label,
    score: asked.score * (1 + SCORE_NOISE * rng.normal()),
    scores: asked.scores,
    notes: asked.notes.split(' ').map((word) => rng.uniform() < WORD_NOISE ? rng.pick(WORDS) : word).join(' '),
    embedding: asked.embedding.map((one) => one + 1e-4 * rng.normal())
  }
  return mistake !== undefined && rng.uniform() < mistake.rate ? mistake.change(said, rng) : said
}

/** Mistakes of known size, each in a field of another kind. */
export const MISTAKES: readonly Planted[] = [
  { what: 'a label flipped in 5 of 100 answers', rate: 0.05, path: '/label', change: (said, rng) => ({ ...said, label: rng.pick(LABELS.filter((label) => label !== said.label)) }) },
  { what: 'a score 2 % too high in 5 of 100 answers', rate: 0.05, path: '/score', change: (said) => ({ ...said, score: said.score * 1.02 }) },
  { what: 'probabilities mixed with 10 % of chance, always', rate: 1, path: '/scores', change: (said) => ({ ...said, scores: Object.fromEntries(Object.entries(said.scores).map(([label, share]) => [label, 0.9 * share + 0.1 / LABELS.length])) }) },
  { what: 'text cut short by a quarter in 10 of 100 answers', rate: 0.1, path: '/notes', change: (said) => ({ ...said, notes: said.notes.split(' ').slice(0, 9).join(' ') }) },
  { what: 'an embedding turned by 8 degrees in 5 of 100 answers', rate: 0.05, path: '/embedding', change: (said, rng) => ({ ...said, embedding: said.embedding.map((one) => one + 0.14 * rng.normal()) }) }
]

/** The rules the made-up answers are compared by. */
export const RULES: Pick<ComparisonOptions, 'ignore' | 'fields'> = {
  ignore: ['/id'],
  fields: [
    { at: '/label', as: 'label' },
    { at: '/score', as: 'number', rel: 1e-5 },
    { at: '/scores', as: 'probabilities' },
    { at: '/notes', as: 'text' },
    { at: '/embedding', as: 'embedding', cosine: 0.999 }
  ]
}

/** One mirrored request: a question, the primary's answer, a second one of its own model, and the shadow's. */
export function trialOf(number: number, rng: Rng, mistake: Planted | undefined): Trial {
  const asked = question(rng)
  const answer = (planted: Planted | undefined): Answer => ({
    status: 200,
    contentType: 'application/json',
    contentEncoding: '',
    fields: [],
    body: Buffer.from(JSON.stringify({ id: `made-${rng.whole(0, 1e9)}`, ...answerTo(asked, rng, planted) })),
    firstByteMs: 10 + rng.uniform(),
    durationMs: 12 + rng.uniform(),
    marks: []
  })
  return {
    route: 'selfcheck', mirror: 'shadow', baselineBackend: 'primary', requestId: `selfcheck-${number}`, path: '/', request: undefined, headers: [], probability: 1,
    primary: answer(undefined), shadow: answer(mistake), baseline: answer(undefined)
  }
}
