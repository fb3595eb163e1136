import type { Samples } from './index.ts'

export const streams: Samples = {
  bandwidth: [{ rate: '10KiB' }],
  dribble: [{ octets: 10, every: '5ms' }],
  truncate: [{ octets: 0 }, { octets: 100, how: 'rst' }],
  'slow-close': [{ fixed: '1s' }],
  'coalesce-events': [{ events: 3 }],
  'corrupt-event': [{ at: 2 }, { share: 0.5 }],
  'cut-arguments': [{}, { events: 0 }],
  'cut-stream': [{ events: 3 }, { characters: 20, how: 'rst' }, { events: 0, how: 'end' }],
  'drop-events': [{ share: 0.5 }],
  'drop-finish': [{}],
  'drop-marker': [{}],
  'drop-usage': [{}],
  'duplicate-events': [{ share: 0.5 }],
  'error-event': [{ events: 2 }, { characters: 10, dialect: 'anthropic', status: 529 }],
  'event-gaps': [{ fixed: '10ms' }, { uniform: { min: '1ms', max: '5ms' }, share: 0.5 }],
  'first-event-delay': [{ fixed: '1s' }],
  'keep-alive-only': [{ for: '5s' }, { for: '1s', every: '100ms' }],
  'reorder-events': [{ window: 4 }],
  resplit: [{ octets: 1 }],
  stall: [{ events: 3, for: '1s' }, { characters: 5, forever: true }]
}
