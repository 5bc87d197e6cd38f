/** Writes the schema that json-schema.test.ts compares with: `node test/record/json-schema-file.ts`. */
import { writeFileSync } from 'node:fs'
import { recordJsonSchema } from '../../src/record/json-schema.ts'

const file = new URL('../data/schema/record-1.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(recordJsonSchema(), undefined, 1)}\n`)
