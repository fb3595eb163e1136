import { spawnSync } from 'node:child_process'

/** Whether promtool is here; where it is not, its tests are skipped. */
export const hasPromtool: boolean = spawnSync('promtool', ['--version']).status === 0
if (!hasPromtool) process.stderr.write('notice: promtool is not installed (Debian package prometheus), its checks are skipped\n')

/** What `promtool check metrics` says of a page. */
export function checkMetrics(page: string): { readonly problems: string, readonly status: number | null } {
  const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' })
  return { problems: stdout + stderr, status }
}
