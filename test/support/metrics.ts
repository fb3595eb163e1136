interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A page in Prometheus's text format; labels without escapes. */
export class Metrics {
  private readonly samples: readonly Sample[]

  constructor(page: string) {
    this.samples = page.split('\n').flatMap((line) => {
      const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? []
      if (name === undefined) return []
      return [{ name, labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key!, text!])), value: Number(value) }]
    })
  }

  /** The sum of a metric's series with these labels; named without the prefix. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.samples.filter((sample) => sample.name === `windtunnel_${name}` && Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
      .reduce((sum, { value }) => sum + value, 0)
  }
}
