import type { Samples } from './index.ts'

export const payload: Samples = {
  'drop-field': [{ at: 'label' }, { at: '/*', share: 0.5 }, { at: '/predictions/*' }, { at: 'rows' }],
  'drop-rows': [{ share: 0.5 }, { share: 1 }, { count: 1 }, { count: 100_000, at: '/predictions' }, { share: 0.1, at: '/*' }],
  'extra-field': [{}, { name: 'debug', value: null }, { at: '/predictions/*', value: 'x' }, { at: '/*', name: 'label', value: 1.5 }],
  freeze: [{}, { among: 'any' }, { among: 'unit', keep: 1 }],
  'non-finite': [...['nan', 'infinity', 'overflow', 'quoted', 'none'].map((as) => ({ at: 'value', as })), { at: '/outputs/*/data/*', as: 'nan', share: 0.5 }, { at: '/*', as: 'none' }],
  'null-field': [{ at: 'label' }, { at: '/*', share: 0.5 }, { at: '/predictions/*' }, { at: 'rows' }],
  'rename-field': [{ at: 'label', to: 'class' }, { at: '/*', to: 'a"b', share: 0.5 }, { at: '/predictions/*', to: 'x' }],
  'retype-field': [...['string', 'number', 'array', 'object', 'boolean'].map((to) => ({ at: '/*', to })), { at: 'label', to: 'array', share: 0.5 }, { at: 'rows', to: 'number' }],
  'rotate-rows': [{}, { by: -2 }, { by: 3, wholeRows: true }, { at: '/*', wholeRows: false }],
  'shuffle-rows': [{}, { wholeRows: true }, { at: '/*' }],
  stale: [{}, { among: 'any' }, { age: 3 }, { age: 3, keep: 3, among: 'any' }, { age: 1, keep: 1, among: 'unit' }]
}
