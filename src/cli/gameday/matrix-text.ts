import type { GamedayReport } from '../../control/gameday/report.ts'
import type { Cell } from '../../control/gameday/matrix.ts'
import { type Style, table } from '../style.ts'

/** Which alert sees which fault, and what follows from it. */
export function matrixText({ plan: { rounds }, matrix: { rows, unseen, neverFired } }: GamedayReport, style: Style): string {
  const heading = ['alert', ...rounds.map(({ name }) => name), 'no fault'].map(style.dim)
  const lines = rows.map(({ alert, cells, quietAlarms }) => [alert, ...cells.map((cell) => cell.map((one) => cellText(one, style)).join(', ')), quietAlarms === 0 ? '-' : style.red(`${quietAlarms} false`)])
  const remarks = [
    ...unseen.map((index) => `no alert sees ${rounds[index]?.name ?? ''}`),
    ...neverFired.map((alert) => `${alert} never fired`)
  ]
  return [...rows.length === 0 ? [] : [table([heading, ...lines])], ...remarks.map((remark) => style.yellow(remark))].join('\n')
}

function cellText(cell: Cell, style: Style): string {
  switch (cell) {
    case 'silent': return '-'
    case 'detected': return style.green(cell)
    case 'allowed':
    case 'not run': return cell
    case 'already_firing':
    case 'under_dosed':
    case 'unobserved': return style.yellow(cell.replace('_', ' '))
    default: return style.red(cell.replace('_', ' '))
  }
}
