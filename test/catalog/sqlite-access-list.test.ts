import { accessListContract } from './access-list-contract.ts'
import { openInFile, openInMemory } from './temporary-catalog.ts'

accessListContract('SqlAccessList in memory', async () => (await openInMemory()).accessList)
accessListContract('SqlAccessList in a file', async () => (await openInFile()).accessList)
