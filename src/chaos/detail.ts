import type { Effect } from './fault.ts'

/** What was drawn, in a few characters. */
export function detailOf(effect: Effect): string {
  switch (effect.do) {
    case 'wait': return `${Math.round(effect.ms * 1000) / 1000}ms`
    case 'answer': return String(effect.status)
    case 'break': return effect.break.how
    case 'nothing': return effect.reason
    default: return ''
  }
}
