import { join } from 'node:path'
import { after } from 'node:test'
import { openSqliteCatalog, type OpenCatalog } from '../../src/catalog/open-catalog.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'

/** An empty catalog in memory, closed after the test. */
export async function openInMemory(): Promise<OpenCatalog> {
  return closedAfterwards(await openSqliteCatalog(':memory:'))
}

/** An empty catalog in a file, which a thread writes; closed and removed after the test. */
export async function openInFile(): Promise<OpenCatalog> {
  return closedAfterwards(await openSqliteCatalog(await newCatalogFile()))
}

/** Name of a file that is not there yet; what is there then is removed after the test. */
export async function newCatalogFile(): Promise<string> {
  return join(await temporaryDirectory(), 'catalog.sqlite')
}

function closedAfterwards(stores: OpenCatalog): OpenCatalog {
  after(() => stores[Symbol.asyncDispose]())
  return stores
}
