import { jsonSchema } from '../config/json-schema.ts'
import { examples, type Verb } from './verb.ts'

export const schema: Verb = (program, io) => {
  program.command('schema')
    .summary('print the JSON Schema of the config, for editors')
    .addHelpText('before', examples('schema > windtunnel.schema.json'))
    .action(() => io.out(`${JSON.stringify(jsonSchema(), undefined, 2)}\n`))
}
