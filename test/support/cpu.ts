/** CPU time this process has taken, ms: what is bounded by it does not hang on what else the machine does. */
export const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
