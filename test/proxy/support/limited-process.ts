import { startDataPlane } from '../../support/data-plane.ts'

/* A data plane in a process of its own, for limits that only a process can have: the YAML is its argument, its port its output. */

const { port } = await startDataPlane(process.argv[2] ?? '')
process.stdout.write(`${port}\n`)
