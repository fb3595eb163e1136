import type { Samples } from './index.ts'

export const numbers: Samples = {
  'clip-number': [{ min: 0, max: 1 }, { at: '/predictions/*/price', max: 10 }],
  lag: [{}, { answers: 3, among: 'any' }],
  noise: [{ sd: 1 }, { sd: 0.1, mode: 'multiply', distribution: 'laplace' }, { sd: 0.1, mode: 'log' }, { bias: 2, sd: 1, distribution: 'lognormal', share: 0.5 }, { sd: 0.5, relativeTo: 'spread', warmUp: 5 }, { sd: 1, distribution: 'student-t', decimals: true }],
  quantise: [{ step: 0.5 }, { digits: 2 }, { to: 'float16' }, { to: 'bfloat16' }],
  'sign-error': [{}, { share: 0.5 }],
  stuck: [{}, { value: 3 }],
  'unit-error': [{ factor: 100 }, { conversion: 'celsius-to-fahrenheit', decimals: true }]
}
