import type { Lab } from '../lab.ts'
import type { Report } from '../report.ts'

/** One question that is measured. */
export type Scenario = (lab: Lab) => Promise<Report>
