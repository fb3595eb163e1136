import { dirname } from 'node:path'
import { output } from '../../clients/support/command.ts'

// how this machine reaches the registry; all else that an npm around the tests may have set is left out
const REACH = /^(?:HOME|npm_config_(?:registry|cache|cafile|strict_ssl|proxy|https_proxy|noproxy)|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS)$/i

/** The environment of commands that are run as a user of the package would. */
export const npmEnvironment: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => REACH.test(entry[0]) && entry[1] !== undefined)),
  // the node that runs this is the one the package is for, whatever else is installed
  PATH: `${dirname(process.execPath)}:${process.env['PATH']}`
}

/** Runs npm, which must succeed. */
export const npm = (args: readonly string[], cwd: string): Promise<string> =>
  output('npm', [...args, '--no-audit', '--no-fund', '--no-update-notifier'], { cwd, env: npmEnvironment })
