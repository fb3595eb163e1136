// smaller buffers share their memory with others (Buffer.allocUnsafe)
const BULK_BYTES = Buffer.poolSize >>> 1

/** Whether a buffer is so large that its memory is its own. */
export const isBulk = (chunk: Buffer): boolean => chunk.length >= BULK_BYTES

/**
 * Gives the memory of a bulk buffer back at once. The collector would get there too, but only when tens of MiB have gathered.
 * Nobody may use it, or another view of it, afterwards.
 */
export function giveBack({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}
