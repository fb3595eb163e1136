import type { Samples } from './index.ts'

export const rankings: Samples = {
  'ranking-drop-top': [{ count: 1 }, { at: '/predictions', count: 3, scores: 'keep', scoreKey: 'label' }],
  'ranking-duplicates': [{ count: 1 }, { at: '/predictions', percent: 50, sameLength: true }],
  'ranking-mallows': [{ phi: 0.5 }, { at: '/predictions', phi: 0.99, scores: 'keep' }],
  'ranking-promote': [{ values: ['a', 1, true] }, { at: '/predictions', key: 'label', values: ['a'], rank: 2, probability: 0.5, scores: 'keep' }, { probability: 0.1, scores: 'move' }],
  'ranking-swaps': [{ probability: 0.3 }, { at: '/predictions', probability: 1, scores: 'keep', scoreKey: 'scores' }],
  'ranking-truncate': [{ keep: 3 }, { at: '/predictions', keep: 0 }]
}
