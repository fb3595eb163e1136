/** For `expect.poll`: as long as a test may take, since a loaded machine is slow and no less right. */
export const POLL = { timeout: 18_000, interval: 10 } as const
