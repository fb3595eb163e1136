import { readFileSync } from 'node:fs'

/** Version of this package. */
export const VERSION: string = readVersion()

function readVersion(): string {
  // two folders up, in a checkout and in the package alike
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string } // holds: our own file
  return version
}
