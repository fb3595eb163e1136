import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { watchFile } from '../../src/control/watch.ts'
import { Signal } from '../http/support/signal.ts'
import { testFolder } from '../support/sidecar.ts'

/** A watch on a file, and how often it has told. */
function watched(file: string): { readonly count: () => number, readonly tells: (times: number) => Promise<void>, readonly end: () => void } {
  const changed = new Signal()
  let count = 0
  const end = watchFile(file, () => {
    count++
    changed.fire()
  })
  onTestFinished(end)
  return { count: () => count, tells: (times) => changed.until(() => count >= times), end }
}

it('the watch tells of a change, once for what comes together', async () => {
  const file = join(testFolder(), 'a.yaml')
  const watch = watched(file)
  for (let i = 0; i < 50; i++) writeFileSync(file, `version: ${i}`)
  await watch.tells(1)
  expect(watch.count()).toBe(1)
  writeFileSync(file, 'version: 51')
  await watch.tells(2)
})

it('the watch tells of a change in a directory that is never quiet', async () => {
  const folder = testFolder()
  const watch = watched(join(folder, 'a.yaml'))
  const busy = setInterval(() => writeFileSync(join(folder, 'log'), String(Math.random())), 10)
  onTestFinished(() => clearInterval(busy))
  await watch.tells(1)
})

it('the watch tells nothing after its end', async () => {
  const folder = testFolder()
  const file = join(folder, 'a.yaml')
  const [ended, other] = [watched(file), watched(file)]
  writeFileSync(file, 'a')
  ended.end()
  await other.tells(1)
  writeFileSync(file, 'b')
  await other.tells(2)
  expect(ended.count()).toBe(0)
})

it('the watch on a file in a directory that is not there does not throw, and can be ended', () => {
  const watch = watched(join(testFolder(), 'not-there', 'a.yaml'))
  watch.end()
  expect(watch.count()).toBe(0)
})
