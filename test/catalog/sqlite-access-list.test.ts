import { openSqlite } from '../../src/catalog/open-sqlite.ts'
import { SqlAccessList } from '../../src/catalog/sql-access-list.ts'
import { accessListContract } from './access-list-contract.ts'

accessListContract('SqlAccessList on SQLite', async () => new SqlAccessList(openSqlite(':memory:')))
