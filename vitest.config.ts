import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: 'forks',
    // half of what tests do is wait for sockets and processes: more workers than the two cores this has to run on
    maxWorkers: 3
  }
})
