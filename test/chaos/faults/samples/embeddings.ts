import type { Samples } from './index.ts'

export const embeddings: Samples = {
  'embedding-drop': [{ share: 0.2 }, { at: '/predictions', share: 1 }],
  'embedding-norm': [{ factor: 3 }, { at: '/predictions', factor: 0.5 }],
  'embedding-quantise': [{ to: 'int8' }, { at: '/outputs/*/data', to: 'float16' }],
  'embedding-rotate': [{ cosine: 0.9 }, { degrees: 30 }, { at: '/outputs/*/data', cosine: -1 }],
  'embedding-truncate': [{ dimensions: 2 }, { at: '/outputs/*/data', dimensions: 1, renormalise: true }],
  'embedding-version-swap': [{}, { at: '/outputs/*/data', seed: 7, reflections: 3 }]
}
