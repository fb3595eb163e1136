import type { Cut, Step } from '../../chaos/streams/script.ts'

/** Where a played answer goes. */
export interface Stage {
  /** Sends octets, with the head if that is still held. False asks to wait until `Player.drained`. */
  put(octets: Buffer): boolean
  /** The answer is over as it should be. */
  ended(trailers: string): void
  /** And nothing after it. */
  cut(how: Cut): void
  /** Stops the backend, or lets it go on. */
  pauseSource(paused: boolean): void
}

type Cue = Step | { readonly do: 'end', readonly trailers: string }

// octets that wait here before the backend is stopped
const MAX_WAITING_BYTES = 65_536

/** Plays the steps of an altered answer one after the other, no faster than the client takes them, and waits where they say so. */
export class Player {
  private readonly stage: Stage
  private cues: Cue[] = []
  private next = 0
  private waitingBytes = 0
  private timer: NodeJS.Timeout | undefined
  private turn: NodeJS.Immediate | undefined
  private isWaiting = false
  private isFull = false
  private isOver = false
  private hasPaused = false
  private isPlaying = false

  private readonly goOn = (): void => {
    this.isWaiting = false
    this.play()
  }

  constructor(stage: Stage) {
    this.stage = stage
  }

  add(steps: readonly Step[]): void {
    for (const step of steps) {
      this.cues.push(step)
      if (step.do === 'send') this.waitingBytes += step.octets.length
    }
    this.play()
  }

  /** The answer ends after all that has been added. */
  end(trailers: string): void {
    this.cues.push({ do: 'end', trailers })
    this.play()
  }

  /** The client takes octets again. */
  drained(): void {
    this.isFull = false
    this.play()
  }

  /** Sends what is left without waiting, and cuts nothing any more. */
  release(): void {
    this.cues = this.cues.slice(this.next).filter(({ do: what }) => what === 'send' || what === 'end')
    this.next = 0
    this.rest()
    this.play()
  }

  /** Nobody watches any more. */
  cancel(): void {
    this.isOver = true
    this.rest()
    this.cues = []
  }

  private play(): void {
    if (this.isPlaying) return // a step has brought on another: it is played in its turn
    this.isPlaying = true
    while (!this.isOver && !this.isWaiting && !this.isFull) {
      const cue = this.cues[this.next++]
      if (cue === undefined) break
      this.perform(cue)
    }
    this.isPlaying = false
    if (this.isOver) return
    if (this.next >= this.cues.length) {
      this.cues = []
      this.next = 0
    }
    this.pace()
  }

  private perform(cue: Cue): void {
    switch (cue.do) {
      case 'send':
        this.waitingBytes -= cue.octets.length
        this.isFull = !this.stage.put(cue.octets)
        return
      case 'wait':
        this.isWaiting = true
        if (cue.ms === Infinity) return
        // no time at all is a turn of the loop, so that what was sent goes out by itself; a timer takes 1 ms at least
        if (cue.ms === 0) this.turn = setImmediate(this.goOn)
        else this.timer = setTimeout(this.goOn, cue.ms)
        return
      case 'cut':
        this.cancel()
        return this.stage.cut(cue.how)
      default:
        this.cancel()
        return this.stage.ended(cue.trailers)
    }
  }

  private rest(): void {
    clearTimeout(this.timer)
    clearImmediate(this.turn)
    this.isWaiting = false
  }

  // the backend is slowed by its own connection, so that what waits here is bounded
  private pace(): void {
    const pause = this.isFull || this.waitingBytes > MAX_WAITING_BYTES
    if (pause === this.hasPaused) return
    this.hasPaused = pause
    this.stage.pauseSource(pause)
  }
}
