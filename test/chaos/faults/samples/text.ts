import type { Samples } from './index.ts'

export const text: Samples = {
  'break-format': [...['fence', 'trailing-comma', 'cut-brace', 'single-quotes', 'prose-prefix', 'renamed-keys'].map((how) => ({ how })), { how: 'prose-prefix', prefix: 'Here: ' }, { how: 'fence', at: '/label' }],
  'drop-logprobs': [{}, { leaves: 'nothing' }, { leaves: 'key', at: '/predictions/*' }, { leaves: 'nothing', at: '/*' }],
  'drop-sentences': [{ share: 0.5 }, { share: 0, shuffle: true }, { share: 1 }, { share: 0.2, shuffle: true, at: '/label' }],
  'drop-words': [{ share: 0.5 }, { share: 1 }, { share: 0.1, at: '/label' }],
  'empty-text': [{}, { at: '/label' }],
  'finish-reason': [{ map: { stop: 'length' } }, { map: { stop: 'content_filter', '*': 'stop' } }, { at: '/label', map: { '*': 'b' } }],
  'model-name': [{ to: 'other' }, { at: '/model_name', to: 'other' }, { at: '/label', to: 'other' }],
  negate: [{}, { share: 0.5 }, { at: '/label' }],
  'perturb-numbers': [{ delta: 0.1 }, { delta: 1, share: 0.5 }, { delta: 0.5, at: '/label' }],
  refusal: [{}, { sentence: 'No.' }, { at: '/label' }],
  'repeat-text': [{ times: 3 }, { times: 20, unit: 'word' }, { times: 10_000, unit: 'sentence', at: '/label' }],
  'tool-call': [...['rename', 'missing-argument', 'wrong-type', 'invalid-json', 'hallucinated', 'duplicate', 'id-mismatch', 'reorder'].map((fault) => ({ fault })), { fault: 'rename', name: 'other' }, { fault: 'hallucinated', name: 'other', at: '/predictions' }],
  'truncate-text': [{ share: 0.5 }, { share: 0 }, { characters: 10 }, { words: 3 }, { words: 0, finish: 'lying' }, { share: 0.9, finish: 'honest', at: '/label' }],
  typos: [{ share: 0.5 }, { share: 1 }, { share: 0.1, at: '/label' }],
  'usage-skew': [{ factor: 2 }, { factor: 0 }, { factor: 0.5, at: '/predictions/0' }]
}
