import type { EventScript, EventStep } from '../streams/script.ts'
import type { RawEvent } from '../streams/raw-event.ts'

/** A script made of what it does with each event; it has fired once it does anything but pass the event. */
export function scriptOf(each: (event: RawEvent) => readonly EventStep[], end: () => readonly EventStep[] = () => NOTHING): EventScript {
  let fired = false
  return {
    event: (event) => {
      const steps = each(event)
      if (steps.length !== 1 || steps[0]?.do !== 'pass' || steps[0].event !== event) fired = true
      return steps
    },
    end,
    get fired() {
      return fired
    }
  }
}

export const pass = (event: RawEvent): EventStep => ({ do: 'pass', event })

const NOTHING: readonly EventStep[] = []
