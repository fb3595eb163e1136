import { escapeHtml } from './escape.ts'

/** One line of a plot of intervals. */
export interface IntervalRow {
  readonly label: string
  readonly estimate: number
  readonly low: number
  readonly high: number
  /** Class of the mark, which gives it its colour. */
  readonly mark: string
}

const LABEL_WIDTH = 260
const PLOT_WIDTH = 420
const ROW_HEIGHT = 22
const AXIS_HEIGHT = 28

/**
 * Estimates with their intervals, one under the other, on one axis in percentage points; the band is the margin within which a
 * difference does not count.
 */
export function intervalPlot(rows: readonly IntervalRow[], margin: number): string {
  const reach = Math.min(1, Math.max(2 * margin, ...rows.flatMap(({ low, high, estimate }) => [Math.abs(low), Math.abs(high), Math.abs(estimate)]).map((end) => Math.min(end, 1))))
  const x = (value: number): number => LABEL_WIDTH + PLOT_WIDTH / 2 * (1 + Math.max(-1, Math.min(1, value / reach)))
  const height = rows.length * ROW_HEIGHT + AXIS_HEIGHT
  const ticks = [-reach, -reach / 2, 0, reach / 2, reach]
  return [
    `<svg viewBox="0 0 ${LABEL_WIDTH + PLOT_WIDTH + 20} ${height}" role="img" aria-label="excess difference by field, with intervals">`,
    `<rect class="margin" x="${x(-margin)}" y="0" width="${x(margin) - x(-margin)}" height="${rows.length * ROW_HEIGHT}"/>`,
    ...ticks.map((tick) => `<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="0" y2="${rows.length * ROW_HEIGHT}"/><text class="tick" x="${x(tick)}" y="${height - 10}">${(tick * 100).toFixed(reach < 0.02 ? 2 : 1)}</text>`),
    ...rows.flatMap(({ label, estimate, low, high, mark }, i) => {
      const y = i * ROW_HEIGHT + ROW_HEIGHT / 2
      return [
        `<text class="label" x="${LABEL_WIDTH - 8}" y="${y + 4}">${escapeHtml(label.length > 38 ? `…${label.slice(-37)}` : label)}<title>${escapeHtml(label)}</title></text>`,
        `<line class="${mark}" x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}"/>`,
        `<circle class="${mark}" cx="${x(estimate)}" cy="${y}" r="4"/>`
      ]
    }),
    '</svg>'
  ].join('\n')
}

/** Parts of a whole as one bar, with a legend. */
export function shareBar(parts: readonly { readonly name: string, readonly count: number, readonly mark: string }[]): string {
  const total = parts.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return ''
  let at = 0
  const width = LABEL_WIDTH + PLOT_WIDTH
  const bars = parts.map(({ name, count, mark }) => {
    const part = count / total * width
    const bar = `<rect class="${mark}" x="${at}" y="0" width="${part}" height="18"><title>${escapeHtml(name)} ${count}</title></rect>`
    at += part
    return bar
  })
  return `<svg viewBox="0 0 ${width} 18" class="bar" role="img" aria-label="outcomes">${bars.join('')}</svg>`
}
