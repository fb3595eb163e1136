import type { Samples } from './index.ts'

const CLASSES = { labels: ['a', 'b', 1, true] }

export const labels: Samples = {
  'class-bias': [{ class: 'a', bias: 2 }, { at: '/outputs/*/data', class: 0, bias: -50 }],
  'clip-probabilities': [{ epsilon: 0.1 }, { at: '/outputs/*/data', epsilon: 0.4, renormalise: true }],
  denormalise: [{ sum: 1.2 }, { at: '/outputs/*/data', sum: 100 }],
  dirichlet: [{ concentration: 10 }, { at: '/outputs/*/data', concentration: 0.01 }],
  'label-flip': [{ percent: 50, ...CLASSES }, { percent: 100, ...CLASSES, scoresAt: 'scores' }, { percent: 100, ...CLASSES, at: '/*', scoresAt: '/*' }, { matrix: { a: { b: 1 }, 1: { 2: 0.5, 1: 0.5 } }, at: '/outputs/*/data/*', scoresAt: '/outputs/*/data', labels: [1, 2] },
    { accuracyLoss: 10, accuracy: 90, ...CLASSES, scoresAt: 'scores', consistency: 'leave' }],
  'mix-probabilities': [{ share: 0.5 }, { at: '/outputs/*/data', share: 1 }],
  temperature: [{ temperature: 2 }, { at: '/outputs/*/data', temperature: 0.01 }, { at: '/outputs/*/data/*', temperature: 0.5, binary: true }],
  'threshold-shift': [{ shift: 1 }, { at: '/*', shift: 1, labelAt: '/*', labels: ['a', 'b'] }, { at: '/outputs/*/data/*', shift: -50, labelAt: 'value', labels: [0, 1], threshold: 0.9 }]
}
