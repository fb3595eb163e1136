import { z } from 'zod'
import type { Phase } from '../fault.ts'

/** When a fault takes an answer's place: before the backend is asked, or after it has worked. */
export const phaseField: z.ZodType<Phase | undefined> = z.enum(['before', 'after']).optional().describe('whether the backend is left alone (`before`, the default) or asked, and its answer lost (`after`)')
