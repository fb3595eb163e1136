/** Lets a test wait for a state instead of a time. */
export class Signal {
  private readonly waiting = new Set<() => void>()

  /** Something may have changed. */
  fire(): void {
    for (const look of this.waiting) look()
  }

  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve()
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return
        this.waiting.delete(look)
        resolve()
      }
      this.waiting.add(look)
    })
  }
}

/** Resolves once `holds`, for what no event tells of. */
export async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) {
    // oxlint-disable-next-line no-await-in-loop -- polling is the point
    await new Promise((resolve) => { setTimeout(resolve, 1) })
  }
}

/** What `value` gives once it has stayed the same for a while: what is going to happen has happened. */
export async function steady(value: () => number): Promise<number> {
  let last = value()
  for (let same = 0; same < 20; same++) {
    // oxlint-disable-next-line no-await-in-loop -- polling is the point
    await new Promise((resolve) => { setTimeout(resolve, 5) })
    if (value() !== last) same = 0
    last = value()
  }
  return last
}
