import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../../support/windtunnel.ts'
import { output } from './command.ts'

/** A certificate with its key, as files and as text. */
export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: string
  readonly key: string
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** A certificate authority that openssl plays, for the tests of one file. */
export class Authority {
  /** File with its own certificate. */
  readonly file: string
  private readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
    this.file = join(folder, 'ca.pem')
  }

  static async create(name: string): Promise<Authority> {
    const authority = new Authority(temporaryFolder())
    await authority.openssl('req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', `/CN=${name}`)
    return authority
  }

  /** Its own certificate. */
  get cert(): string {
    return readFileSync(this.file, 'utf8')
  }

  /** Certifies `name`, valid for these alternative names, such as "DNS:localhost". */
  async certify(name: string, ...alternatives: readonly string[]): Promise<Certificate> {
    const [keyFile, request, certFile] = ['key', 'csr', 'pem'].map((kind) => join(this.folder, `${name}.${kind}`)) as [string, string, string]
    await this.openssl('req', ...NEW_KEY, '-keyout', keyFile, '-out', request, '-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternatives.join(',')}`)
    await this.openssl('x509', '-req', '-in', request, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy', '-days', '2', '-out', certFile)
    return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
  }

  private openssl(...args: readonly string[]): Promise<string> {
    return output('openssl', args, { cwd: this.folder })
  }
}
