import type { RegisteredFault } from '../../chaos/fault.ts'
import { faults } from '../../chaos/faults/index.ts'
import { closest } from '../../config/suggest.ts'
import { CliError, type Io } from '../io.ts'
import { createStyle, table } from '../style.ts'

/** Lists the kinds of faults, or says all there is to say about one. */
export function describeFaults(kind: string | undefined, io: Io): void {
  const style = createStyle(io.colour)
  if (kind === undefined) return io.out(`${table(faults.map(({ name, summary }) => [name, summary]))}\n`)
  const fault = faults.find(({ name }) => name === kind)
  if (fault === undefined) {
    const like = closest(kind, faults.map(({ name }) => name))
    throw new CliError(`no fault is called ${kind}${like === undefined ? '' : ` - did you mean "${like}"?`}`)
  }
  const { name, summary, stage, scales, onShadow, effect } = fault
  io.out(`${style.bold(name)}: ${summary}\n\n`)
  io.out(`${table(fieldsOf(fault))}\n\n`)
  if (effect !== undefined) io.out(`effect    ${effect}\n`)
  io.out(`on        ${WHERE[stage]}${onShadow ? ', of clients and of shadows' : ''}\n`)
  if (scales !== undefined) io.out(`strength  scales ${scales}\n`)
}

const WHERE: Readonly<Record<RegisteredFault['stage'], string>> = {
  wait: 'requests or answers',
  answer: 'the answer as a whole, in its place',
  payload: 'whole answers, by their kind',
  events: 'streams, event by event',
  octets: 'the octets of answers on their way'
}

interface Shape { readonly shape?: Readonly<Record<string, { readonly description?: string, isOptional(): boolean }>> }

// the cast holds: the registry is made of mappings only
const fieldsOf = ({ fields }: RegisteredFault): readonly (readonly string[])[] =>
  Object.entries((fields as unknown as Shape).shape ?? {}).filter(([key]) => key !== 'kind').map(([key, field]) => [`  ${key}${field.isOptional() ? '' : ' (required)'}`, field.description ?? ''])
