import type { Strike } from '../../chaos/decide.ts'
import { EventSplitter } from '../../chaos/streams/event-splitter.ts'
import { type EventFormat, RawEvent } from '../../chaos/streams/raw-event.ts'
import type { EventScript, EventStep, OctetScript, Step } from '../../chaos/streams/script.ts'

interface Link<Script> {
  readonly strike: Strike
  /** Undefined once it has thrown: what comes passes it by. */
  script: Script | undefined
}

/** The scripts of an answer one after the other: octets in, steps out. A script that throws is left out from then on. */
export class ScriptChain {
  private readonly splitter: EventSplitter | undefined
  private readonly events: readonly Link<EventScript>[]
  private readonly octets: readonly Link<OctetScript>[]
  private readonly failed: (strike: Strike) => void
  private readonly format: EventFormat
  private isReleased = false
  private isSettled = false

  constructor(events: readonly Strike[], octets: readonly Strike[], format: EventFormat, failed: (strike: Strike) => void) {
    this.events = events.flatMap((strike) => strike.effect.do === 'events' ? [{ strike, script: strike.effect.script }] : [])
    this.octets = octets.flatMap((strike) => strike.effect.do === 'octets' ? [{ strike, script: strike.effect.script }] : [])
    this.splitter = this.events.length > 0 ? new EventSplitter(format) : undefined
    this.failed = failed
    this.format = format
  }

  data(octets: Buffer): readonly Step[] {
    const { splitter } = this
    if (this.isReleased) return [{ do: 'send', octets }]
    if (splitter === undefined) return this.shape({ do: 'send', octets }, 0)
    const steps = splitter.push(octets).flatMap((event) => this.fate({ do: 'pass', event }, 0))
    // an event too large to wait for: it goes on uncut, and so does all behind it
    return splitter.overflow ? [...steps, ...this.lastEvents(), ...this.rest()] : steps
  }

  /** All has come. */
  end(): readonly Step[] {
    if (this.isReleased) return []
    return [...this.unended(), ...this.lastEvents(), ...this.rest(), ...this.octets.flatMap((link, i) => this.guarded(link, (script) => script.end(), () => []).flatMap((step) => this.shape(step, i + 1)))]
  }

  /** Nothing is to be done any more: what is held back comes out, and all that follows passes as it is. */
  release(): readonly Step[] {
    const left = this.end().filter(({ do: what }) => what === 'send')
    this.isReleased = true
    return left
  }

  /** What each script has done; told once. */
  settle(): readonly { readonly strike: Strike, readonly fired: boolean }[] {
    if (this.isSettled) return []
    this.isSettled = true
    return [...this.events, ...this.octets].flatMap(({ strike, script }) => script === undefined ? [] : [{ strike, fired: script.fired }])
  }

  // some streams end without the end of their last event, which is one all the same
  private unended(): readonly Step[] {
    const { splitter } = this
    if (splitter === undefined || splitter.overflow || splitter.held === 0) return []
    return this.fate({ do: 'pass', event: new RawEvent(this.format, splitter.rest()) }, 0)
  }

  // reorders and the like give up what they hold, then what is no whole event
  private lastEvents(): readonly Step[] {
    return this.events.flatMap((link, i) => this.guarded(link, (script) => script.end(), () => []).flatMap((step) => this.fate(step, i + 1)))
  }

  private rest(): readonly Step[] {
    const octets = this.splitter?.rest()
    return octets === undefined || octets.length === 0 ? [] : this.shape({ do: 'send', octets }, 0)
  }

  private fate(step: EventStep, from: number): readonly Step[] {
    if (step.do !== 'pass') return this.shape(step, 0)
    const link = this.events[from]
    if (link === undefined) return this.shape({ do: 'send', octets: step.event.octets }, 0)
    return this.guarded<EventScript, EventStep>(link, (script) => script.event(step.event), () => [step]).flatMap((next) => this.fate(next, from + 1))
  }

  private shape(step: Step, from: number): readonly Step[] {
    const link = this.octets[from]
    if (step.do !== 'send' || link === undefined) return [step]
    return this.guarded<OctetScript, Step>(link, (script) => script.data(step.octets), () => [step]).flatMap((next) => this.shape(next, from + 1))
  }

  private guarded<Script, Out>(link: Link<Script>, act: (script: Script) => readonly Out[], otherwise: () => readonly Out[]): readonly Out[] {
    if (link.script === undefined) return otherwise()
    try {
      return act(link.script)
    } catch {
      link.script = undefined
      this.failed(link.strike)
      return otherwise()
    }
  }
}

