/** The registries that parts of the YAML are made of: what is added to one can be written in a config at once. */
export { faults } from '../chaos/faults/index.ts'
export { codecNames } from '../compare/codecs/index.ts'
export { comparators } from '../compare/comparators/index.ts'
export { matchers } from '../route/matchers/index.ts'
