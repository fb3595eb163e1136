import { parentPort } from 'node:worker_threads'
import { sharedClock } from '../../../src/core/clock.ts'

const clock = sharedClock()
parentPort?.on('message', () => parentPort?.postMessage(clock()))
parentPort?.postMessage('ready')
