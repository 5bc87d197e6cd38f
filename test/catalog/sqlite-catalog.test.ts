import { catalogContract } from './catalog-contract.ts'
import { searchContract } from './search-contract.ts'
import { openInFile, openInMemory } from './temporary-catalog.ts'

const inMemory = async () => (await openInMemory()).catalog
const inFile = async () => (await openInFile()).catalog

catalogContract('SqlCatalog in memory', inMemory)
catalogContract('SqlCatalog in a file', inFile)
searchContract('SqlCatalog in memory', inMemory)
