import { type Done, TcpSocket } from './tcp-socket.ts'

/**
 * A TCP socket that reads on for a moment when a write fails. A server may answer and close before it has read a whole
 * upload: its answer is then in our receive buffer, while the reset that came behind it fails our next write, and Node would
 * throw the answer away with the socket.
 */
export class PatientSocket extends TcpSocket {
  /** Whether an upload is under way; only then is there anything to be patient about. */
  uploading = false
  /** Whether a write has failed: an end that is read after that is no FIN to rely on. */
  broken = false

  override _write(chunk: unknown, encoding: BufferEncoding, done: Done): void {
    // oxlint-disable-next-line no-underscore-dangle -- the name a stream gives it
    super._write(chunk, encoding, this.uploading ? this.patiently(done) : done)
  }

  override _writev(chunks: { chunk: unknown, encoding: BufferEncoding }[], done: Done): void {
    // oxlint-disable-next-line no-underscore-dangle -- the name a stream gives it
    super._writev?.(chunks, this.uploading ? this.patiently(done) : done)
  }

  // a whole turn of the event loop hands over what has come, before the failure is told
  private patiently(done: Done): Done {
    return (error) => {
      if (!isBrokenPipe(error)) return done(error)
      this.broken = true
      setImmediate(() => setImmediate(done, error))
    }
  }
}

function isBrokenPipe(error: NodeJS.ErrnoException | null | undefined): boolean {
  return error?.code === 'EPIPE' || error?.code === 'ECONNRESET'
}
