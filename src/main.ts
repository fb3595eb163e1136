#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { main } from './cli/program.ts'

// the one place that reads argv, the environment, the real clock and signals
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // a reader that has had enough, as in `| head`, is no failure; a full disk is
  if (error.code === 'EPIPE') return
  process.stderr.write(`standard output: ${error.message}\n`)
  process.exitCode = 1
})
const code = await main(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
  readInput: () => readFileSync(0, 'utf8'),
  wallClock: Date.now,
  onSignal: (name, callback) => void process.on(name, callback),
  exit: (status) => process.exit(status)
})
process.exitCode ??= code
