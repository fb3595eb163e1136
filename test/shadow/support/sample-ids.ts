import { mirrorSalt } from '../../../src/control/compile-mirror.ts'
import { draw, keyOf } from '../../../src/core/hash.ts'

// prints which of so many request ids a mirror would take: node sample-ids.ts ROUTE BACKEND LEG PERCENT COUNT
const [route = '', backend = '', leg = 'shadow', percent = '0', count = '0'] = process.argv.slice(2)
const salt = mirrorSalt(route, { backend, sample: { salt: undefined } }, leg === 'baseline' ? 'baseline' : 'shadow')
const ids = Array.from({ length: Number(count) }, (_, i) => `request-${i}`)
process.stdout.write(ids.filter((id) => draw(salt, keyOf(id)) < Number(percent) / 100).join('\n'))
