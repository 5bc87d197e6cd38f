import { openSqlite } from '../../src/catalog/open-sqlite.ts'
import { SqlCatalog } from '../../src/catalog/sql-catalog.ts'
import { catalogContract } from './catalog-contract.ts'
import { searchContract } from './search-contract.ts'

const openEmpty = async () => new SqlCatalog(openSqlite(':memory:'))

catalogContract('SqlCatalog on SQLite', openEmpty)
searchContract('SqlCatalog on SQLite', openEmpty)
