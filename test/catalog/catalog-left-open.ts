/**
 * Opens the catalog in the file of its first argument and never closes it. With a
 * second argument it does something more that must not keep the process alive.
 */
import { openSqliteCatalog } from '../../src/catalog/open-catalog.ts'
import { digestNumbered, entryNumbered } from './entries.ts'

const [file = '', then = 'nothing'] = process.argv.slice(2)
const { catalog } = await openSqliteCatalog(file)
await catalog.addRecords([entryNumbered(1)])
await catalog.findRecord(digestNumbered(1))

if (then === 'write on') void catalog.addRecords([entryNumbered(2), entryNumbered(3)])
if (then === 'fail') throw new Error('a fault elsewhere')
if (then === 'exit') process.exit(3)
if (then === 'send what cannot be copied') {
  const unsendable = { ...entryNumbered(2), clock: () => new Date() }
  await catalog.addRecords([unsendable]).catch((error: unknown) => console.log(String(error)))
}
