import { openSqliteCatalog } from '../../src/catalog/open-catalog.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'
import { join } from 'node:path'
import { catalogContract } from './catalog-contract.ts'
import { searchContract } from './search-contract.ts'

const inMemory = async () => (await openSqliteCatalog(':memory:')).catalog
const inFile = async () => {
  const stores = await openSqliteCatalog(join(await temporaryDirectory(), 'catalog.sqlite'))
  return stores.catalog
}

catalogContract('SqlCatalog in memory', inMemory)
catalogContract('SqlCatalog in a file, written by its thread', inFile)
searchContract('SqlCatalog in memory', inMemory)
