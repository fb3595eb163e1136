import type { FieldReport, Judgement } from '../../compare/judgement.ts'
import type { LegReport, MirrorReport } from '../../control/mirror-report.ts'
import { createStyle } from '../style.ts'
import { escapeHtml } from './escape.ts'
import { type IntervalRow, intervalPlot, shareBar } from './svg.ts'
import { judgementText } from './text.ts'
import { because, differs, excess, fieldName, isNotable, noise, percent } from './wording.ts'

const MAX_PLOTTED = 40
const MAX_CLASSES = 12

/** Reports on mirrors as one page that needs nothing else: no script, no style and no picture from anywhere. */
export const reportHtml = (mirrors: readonly MirrorReport[], madeAt: string): string =>
  page(mirrors.length === 0 ? '<p>No route has a mirror.</p>' : mirrors.map(mirrorSection).join('\n'), madeAt)

/** The same of answers that were compared again, without what only a running Windtunnel knows. */
export const comparisonHtml = (found: readonly { readonly route: string, readonly mirror: string, readonly judgement: Judgement }[], madeAt: string): string =>
  page(found.map(({ route, mirror, judgement }) => `<section>\n<h2>${escapeHtml(route)} &rarr; ${escapeHtml(mirror)}</h2>\n${judgementSection(judgement)}\n</section>`).join('\n'), madeAt)

function page(body: string, madeAt: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Windtunnel: shadow models</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Shadow models</h1>
<p class="dim">Windtunnel, ${escapeHtml(madeAt)}</p>
${body}
</body>
</html>
`
}

function mirrorSection({ route, mirror, shadow, baseline, judgement }: MirrorReport): string {
  return `<section>
<h2>${escapeHtml(route)} &rarr; ${escapeHtml(mirror)}</h2>
${legSection('Shadow', shadow)}
${baseline === null ? '<p class="warn">No baseline: differences cannot be told from the primary\'s own noise.</p>' : legSection(`Baseline ${baseline.backend}`, baseline)}
${judgement === null ? '<p class="warn">The comparison does not answer.</p>' : judgementSection(judgement)}
</section>`
}

function legSection(title: string, { sampled, outcomes, underWay, missing }: LegReport): string {
  const parts = Object.entries(outcomes).map(([name, count]) => ({ name, count, mark: name === 'match' ? 'equivalent' : name === 'differ' ? 'different' : name.startsWith('shadow') ? 'failed' : 'missing' }))
  return `<p><b>${escapeHtml(title)}</b>: ${sampled} requests sampled${underWay > 0 ? `, ${underWay} under way` : ''}; ${parts.map(({ name, count }) => `${escapeHtml(name)} ${count}`).join(', ')}${missing.count > 0 ? `; not compared ${percent(missing.share)}, so between ${percent(missing.differ[0])} and ${percent(missing.differ[1])} differ` : ''}</p>
${shareBar(parts)}`
}

function judgementSection(judgement: Judgement): string {
  const { fields, terms, examples } = judgement
  const notable = fields.filter(isNotable)
  const rows = notable.slice(0, MAX_PLOTTED).flatMap(intervalRows)
  return [
    `<p>Verdicts hold at ${percent(terms.confidence)}, whenever and however often one looks. The band is the margin of ${percent(terms.margin)} within which a difference does not count.</p>`,
    rows.length === 0 ? '' : `<figure>${intervalPlot(rows, terms.margin)}<figcaption>Excess: how much more often the shadow differs from the primary than the primary's own model does, in percentage points.</figcaption></figure>`,
    notable.length === 0 ? '' : `<table><thead><tr><th>field</th><th>verdict</th><th>differs</th><th>noise</th><th>excess</th><th>because</th></tr></thead><tbody>${notable.flatMap(fieldRows).join('\n')}</tbody></table>`,
    ...notable.map(confusionTable),
    `<pre>${escapeHtml(judgementText({ ...judgement, fields: fields.filter((field) => !isNotable(field)), examples: [] }, { style: createStyle(false), maxFields: 0, maxExamples: 0, diffy: false }))}</pre>`,
    examples.length === 0 ? '' : `<h3>Examples</h3><table><thead><tr><th>field</th><th>how</th><th>primary</th><th>shadow</th><th>request</th></tr></thead><tbody>${examples.map(({ path, kind, primary, other, requestId }) =>
      `<tr><td>${escapeHtml(fieldName(path))}</td><td>${kind}</td><td><code>${escapeHtml(primary ?? '')}</code></td><td><code>${escapeHtml(other ?? '')}</code></td><td class="dim">${escapeHtml(requestId)}</td></tr>`).join('\n')}</tbody></table>`
  ].filter((part) => part !== '').join('\n')
}

function intervalRows({ path, rates, verdict, slices }: FieldReport): readonly IntervalRow[] {
  const row = (label: string, of: Pick<FieldReport, 'rates' | 'verdict'>): readonly IntervalRow[] => of.rates.paired === null ? []
    : [{ label, estimate: of.rates.paired.excess, low: of.rates.paired.sequence[0], high: of.rates.paired.sequence[1], mark: of.verdict.kind }]
  return [...row(fieldName(path), { rates, verdict }), ...slices.filter((slice) => slice.verdict.kind === 'different').flatMap((slice) => row(`${slice.name} = ${slice.value}`, slice))]
}

function fieldRows({ path, verdict, rates, slices }: FieldReport): readonly string[] {
  const row = (name: string, of: Pick<FieldReport, 'rates' | 'verdict'>): string =>
    `<tr><td>${name}</td><td class="${of.verdict.kind}">${of.verdict.kind}</td><td>${differs(of.rates)}</td><td>${noise(of.rates)}</td><td>${escapeHtml(excess(of.rates))}</td><td>${escapeHtml(because(of.verdict))}</td></tr>`
  return [row(escapeHtml(fieldName(path)), { verdict, rates }), ...slices.map((slice) => row(`<span class="slice">${escapeHtml(slice.name)} = ${escapeHtml(slice.value)}</span>`, slice))]
}

function confusionTable({ path, classes }: FieldReport): string {
  if (classes === null) return ''
  const names = classes.names.slice(0, MAX_CLASSES)
  const most = Math.max(1, ...classes.table.flat())
  const cells = names.map((name, i) => `<tr><th>${escapeHtml(name)}</th>${names.map((_, j) => {
    const count = classes.table[i]?.[j] ?? 0
    return `<td class="${i === j ? 'agree' : 'flip'}" style="--weight:${(Math.log1p(count) / Math.log1p(most)).toFixed(2)}">${count}</td>`
  }).join('')}</tr>`)
  return `<h3>${escapeHtml(fieldName(path))}: which class was taken for which</h3>
<table class="confusion"><thead><tr><th>primary \\ shadow</th>${names.map((name) => `<th>${escapeHtml(name)}</th>`).join('')}</tr></thead><tbody>${cells.join('')}</tbody></table>
<p class="dim">${names.length < classes.names.length ? `The ${names.length} classes seen most. ` : ''}${classes.kappa === null ? '' : `Cohen's kappa ${classes.kappa.toFixed(3)}.`}</p>`
}

const STYLE = `
:root { color-scheme: light dark; --bad: #c0392b; --good: #2e8b57; --open: #b8860b; --line: #8884; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 960px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; border-bottom: 1px solid var(--line); } h3 { font-size: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: 14px; } td, th { text-align: left; padding: 3px 8px; border-bottom: 1px solid var(--line); vertical-align: top; }
code, pre { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; } pre { white-space: pre-wrap; }
.dim { opacity: .65; } .warn { color: var(--open); } .slice { padding-left: 1.2em; opacity: .8; }
td.different { color: var(--bad); font-weight: 600; } td.equivalent { color: var(--good); } td.inconclusive { color: var(--open); }
svg { width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: currentColor; } svg .label { text-anchor: end; } svg .tick { text-anchor: middle; opacity: .7; }
svg .grid { stroke: var(--line); } svg .margin { fill: var(--line); } svg line.different { stroke: var(--bad); stroke-width: 2; } svg line.equivalent { stroke: var(--good); stroke-width: 2; } svg line.inconclusive { stroke: var(--open); stroke-width: 2; }
svg circle.different, svg rect.different { fill: var(--bad); } svg circle.equivalent, svg rect.equivalent { fill: var(--good); } svg circle.inconclusive, svg rect.failed { fill: var(--open); } svg rect.missing { fill: var(--line); }
figure { margin: 1rem 0; } figcaption { font-size: 13px; opacity: .7; } .confusion td { text-align: right; }
.confusion td.flip { background: color-mix(in srgb, var(--bad) calc(var(--weight) * 60%), transparent); } .confusion td.agree { background: color-mix(in srgb, var(--good) calc(var(--weight) * 40%), transparent); }
`
