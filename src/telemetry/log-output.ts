// a pipe whose reader is behind is given this long in all, in naps
const NAP_MS = 10
const NAPS = 20

/** Writes octets from an offset on and returns how many were taken, as `fs.writeSync` does; throws what it throws. */
export type Write = (octets: Uint8Array, from: number) => number

/** Takes log lines one by one. */
export interface LogOutput {
  write(line: string): void
}

/**
 * Writes each line at once. One that cannot be written is given up: serving goes on when the disk is full or the reader is
 * gone, and logging does once there is room again.
 *
 *     writing -> (no room) -> napping -> (still none) -> stuck: one try per line, no nap
 *        ^                                                 |
 *        +------------------ a line goes through ----------+
 *
 * @param onLost called for each line given up
 * @param nap waits on the calling thread
 */
export function createLogOutput(write: Write, onLost: () => void, nap: (ms: number) => void = sleep): LogOutput {
  let stuck = false
  let torn = false // the last line was cut short, so the next begins on a line of its own
  return {
    write: (line) => {
      const octets = Buffer.from(torn ? `\n${line}` : line)
      let from = 0
      let naps = stuck ? 0 : NAPS
      while (from < octets.length) {
        try {
          from += write(octets, from)
        } catch (error) {
          if (isBusy(error) && naps-- > 0) {
            nap(NAP_MS)
            continue
          }
          stuck = true
          if (from > 0) torn = true
          return onLost()
        }
      }
      stuck = false
      torn = false
    }
  }
}

const sleep = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

// a pipe that does not block is full; not a disk, which stays full for longer than anyone can wait
const isBusy = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EINTR')
