import { degradeBody } from '../../chaos/answers/degrade-body.ts'
import type { AnswerFacts } from '../../chaos/answers/model-answer.ts'
import type { Strike } from '../../chaos/decide.ts'
import type { Cut, Step } from '../../chaos/streams/script.ts'
import type { Change } from '../../core/exchange.ts'
import { isEventStream, isLineStream, mediaTypeOf } from '../../core/media-type.ts'
import type { BodyFraming } from '../../http/body-writer.ts'
import { CONTENT_ENCODING, CONTENT_TYPE } from '../../http/field-id.ts'
import type { ResponseHead } from '../../http/response-head.ts'
import type { HeadChange } from '../heads.ts'
import type { Target } from './before.ts'
import { BODY_FIELDS, digestsOf } from './digests.ts'
import type { HeldExchange } from './held.ts'
import { Player, type Stage } from './player.ts'
import { ScriptChain } from './script-chain.ts'

/** The client's end of an exchange, as an altered answer goes there. */
export interface Client extends Target {
  /** Notes that an answer was changed. */
  changed(strike: Strike, change: Change): void
  /** Sends the head, and the first octets with it. False asks to wait for `drained`. */
  respond(head: string, framing: BodyFraming, octets: Buffer | undefined): boolean
  write(octets: Buffer): boolean
  /** The answer is over, as it should be. */
  complete(trailers: string): void
  /** The answer is broken off. */
  cutAnswer(how: 'fin' | 'rst'): void
  pauseBackend(paused: boolean): void
}

/** What an answer is altered by, and within which bounds. */
export interface Alteration {
  readonly strikes: readonly Strike[]
  /** Of the request, without its query. */
  readonly path: string
  /** Octets of an answer that is changed as a whole. */
  readonly maxBytes: number
  /** Minor version of the client's HTTP/1. */
  readonly minor: number
  /** Whether the experiment on this slot still runs. */
  readonly isRunning: (slot: number) => boolean
}

/** Makes the head for the client, with changes; reads the backend's head, so that it is called before the answer is over. */
export type HeadMaker = (framing: BodyFraming, change: HeadChange | undefined) => string

/**
 * A backend's answer on its way to the client when faults are to be had on it. Octets come from the backend's side and leave
 * on the client's:
 *
 *     lost:     nothing of it is sent; when it is over, another answer is, or the connection breaks
 *     whole:    kept until it is over, changed as a text, then played
 *     playing:  event scripts -> octet scripts -> player (waits, cuts) -> client
 */
export class AlteredAnswer implements Stage, HeldExchange {
  readonly experiments: readonly string[]
  private readonly alteration: Alteration
  private readonly client: Client
  private readonly player: Player
  private mode: 'lost' | 'whole' | 'playing' = 'playing'
  private head = ''
  private framing: BodyFraming = 'none'
  private isOpen = false
  private headIsDue = true
  private final: Strike | undefined
  private degrades: readonly Strike[] = []
  private chain: ScriptChain | undefined
  private facts: AnswerFacts = NO_FACTS
  private coding = ''
  /** Of an answer that is kept whole: its head lasts until it is over, and only then is it known what is to be said. */
  private backend: { readonly head: ResponseHead, readonly makeHead: HeadMaker } | undefined
  private pieces: Buffer[] = []
  private bytes = 0
  private isHanging = false

  constructor(alteration: Alteration, client: Client) {
    this.alteration = alteration
    this.client = client
    this.experiments = alteration.strikes.map(({ injection }) => injection.experiment)
    this.player = new Player(this)
  }

  /** The backend's head is here. @param framing as an unaltered body would be sent */
  begin(head: ResponseHead, framing: BodyFraming, makeHead: HeadMaker): void {
    const { client, alteration: { strikes, path, isRunning, minor } } = this
    const alive = strikes.filter((strike) => isRunning(strike.slot) || this.spare(strike, 'stopped'))
    this.facts = { path, status: head.status, contentType: head.known(CONTENT_TYPE) ?? '' }
    this.coding = head.known(CONTENT_ENCODING) ?? ''
    this.framing = framing
    for (const strike of alive) {
      if (strike.effect.do !== 'wait') continue
      client.struck(strike)
      this.player.add([{ do: 'wait', ms: strike.effect.ms }])
    }
    this.final = alive.find(({ effect }) => effect.do === 'answer' || effect.do === 'break')
    if (this.final !== undefined) {
      for (const strike of alive) if (strike !== this.final && strike.effect.do !== 'wait') this.spare(strike, 'preempted')
      this.mode = 'lost'
      return
    }
    const type = mediaTypeOf(this.facts.contentType)
    const format = isEventStream(type) ? 'sse' : isLineStream(type) ? 'lines' : undefined
    const canScript = format !== undefined && this.coding === '' && framing !== 'none'
    this.degrades = alive.filter((strike) => strike.effect.do === 'degrade' && (this.whyNotWhole(head, format !== undefined) === '' || this.spare(strike, this.whyNotWhole(head, format !== undefined))))
    const events = alive.filter((strike) => strike.effect.do === 'events' && (canScript || this.spare(strike, format === undefined ? 'not_a_stream' : 'encoded')))
    const octets = alive.filter((strike) => strike.effect.do === 'octets' && (framing !== 'none' || this.spare(strike, 'no_body')))
    if (events.length + octets.length > 0) this.chain = new ScriptChain(events, octets, format ?? 'lines', (strike) => this.spare(strike, 'error'))
    if (events.length > 0) this.framing = minor === 1 ? 'chunked' : 'close'
    if (this.degrades.length === 0) {
      this.head = makeHead(this.framing, events.length > 0 ? OTHER_BODY : undefined)
      return
    }
    this.mode = 'whole'
    this.backend = { head, makeHead }
  }

  data(octets: Buffer): void {
    switch (this.mode) {
      case 'lost': return
      case 'whole': return this.keep(octets)
      default: return this.pass(octets)
    }
  }

  end(trailers: string): void {
    if (this.mode === 'whole') trailers = this.change() ? '' : trailers
    if (this.chain !== undefined) this.player.add(this.chain.end())
    this.player.end(trailers)
  }

  /** What one read brought has been handed over. */
  flush(): void {
    if (this.mode === 'playing' && this.headIsDue) this.pass(NOTHING)
  }

  /** The client takes octets again. */
  drained(): void {
    this.player.drained()
  }

  release(): void {
    if (this.mode === 'lost') {
      this.player.release()
      if (this.final?.effect.do === 'break' && this.final.effect.break.how === 'hang') this.final = { ...this.final, effect: CLOSE }
      if (this.isHanging) this.client.breakConnection(CLOSED)
      return
    }
    for (const strike of this.degrades) this.spare(strike, 'released')
    this.degrades = []
    if (this.mode === 'whole') this.giveUp()
    const left = this.chain?.release() ?? []
    this.settle()
    this.player.release()
    this.player.add(left)
  }

  /** The exchange is over; whoever hears of it wants to know what was had. */
  cancel(): void {
    this.settle()
    this.player.cancel()
    this.pieces = []
  }

  // --- what the player does

  put(octets: Buffer): boolean {
    if (this.isOpen) return octets.length === 0 || this.client.write(octets)
    this.isOpen = true
    return this.client.respond(this.head, this.framing, octets.length === 0 ? undefined : octets)
  }

  ended(trailers: string): void {
    if (this.mode === 'lost') return this.perform()
    if (!this.isOpen) this.put(NOTHING)
    this.client.complete(trailers)
  }

  cut(how: Cut): void {
    if (how === 'end') return this.ended('')
    // what was to come before the cut has at least to begin
    if (!this.isOpen) this.put(NOTHING)
    this.client.cutAnswer(how)
  }

  pauseSource(paused: boolean): void {
    this.client.pauseBackend(paused)
  }

  // --- inside

  private perform(): void {
    const { final, client } = this
    if (final === undefined) return
    const { effect } = final
    client.struck(final)
    if (effect.do === 'answer') return client.answerInjected(effect)
    if (effect.do !== 'break') return
    if (effect.break.how === 'hang') this.isHanging = true
    else client.breakConnection(effect.break)
  }

  private pass(octets: Buffer): void {
    const steps: readonly Step[] = this.chain === undefined || octets.length === 0 ? [{ do: 'send', octets }] : this.chain.data(octets)
    // the head waits for nothing that a script holds back
    if (this.headIsDue && steps[0]?.do !== 'send') this.player.add(HEAD)
    this.headIsDue = false
    this.player.add(steps)
  }

  private keep(octets: Buffer): void {
    this.pieces.push(octets)
    this.bytes += octets.length
    if (this.bytes <= this.alteration.maxBytes) return
    for (const strike of this.degrades) this.spare(strike, 'too_large')
    this.giveUp()
  }

  // goes on with what was kept, as it came
  private giveUp(): void {
    const { pieces } = this
    this.mode = 'playing'
    this.pieces = []
    this.head = this.backend?.makeHead(this.framing, undefined) ?? ''
    for (const piece of pieces) this.pass(piece)
  }

  /** Changes what was kept, and plays it. @returns whether anything was changed */
  private change(): boolean {
    const { pieces, degrades, client, facts, coding } = this
    const body = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces)
    this.mode = 'playing'
    this.pieces = []
    const changed = degradeBody(facts, coding, body, degrades.flatMap((strike) => strike.effect.do !== 'degrade' ? [] : [{
      degrade: strike.effect.degrade,
      done: (change, reason) => change === undefined ? client.spared(strike, reason) : client.changed(strike, change)
    }]))
    this.degrades = []
    const { backend } = this
    if (changed === undefined || backend === undefined) {
      this.head = backend?.makeHead(this.framing, undefined) ?? ''
      if (body.length > 0) this.pass(body)
      return false
    }
    this.head = `${backend.makeHead('raw', OTHER_BODY).slice(0, -2)}content-length: ${changed.length}\r\n${digestsOf(backend.head)(changed)}\r\n`
    this.framing = 'raw'
    this.pass(changed)
    return true
  }

  private whyNotWhole(head: ResponseHead, isStream: boolean): string {
    if (isStream) return 'streamed'
    if (head.framing === 'none') return 'no_body'
    return head.framing === 'length' && head.contentLength > this.alteration.maxBytes ? 'too_large' : ''
  }

  private settle(): void {
    for (const { strike, fired } of this.chain?.settle() ?? []) if (fired) this.client.struck(strike)
    else this.spare(strike, 'not_reached')
  }

  private spare(strike: Strike, reason: string): false {
    this.client.spared(strike, reason)
    return false
  }
}

const NOTHING = Buffer.alloc(0)
const HEAD: readonly Step[] = [{ do: 'send', octets: NOTHING }]
const NO_FACTS: AnswerFacts = { path: '', status: 0, contentType: '' }
const CLOSED = { how: 'close', octets: NOTHING } as const
const CLOSE = { do: 'break', phase: 'after', break: CLOSED } as const
const OTHER_BODY: HeadChange = { drop: BODY_FIELDS }
