import { z } from 'zod'

/** When a fault takes an answer's place: before the backend is asked, or after it has worked. */
export const phaseField = z.enum(['before', 'after']).optional().describe('whether the backend is left alone (`before`, the default) or asked, and its answer lost (`after`)')
