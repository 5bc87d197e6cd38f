import { checkpointsContract } from './checkpoints-contract.ts'
import { logEntriesContract } from './log-entries-contract.ts'
import { openInFile, openInMemory } from './temporary-catalog.ts'

logEntriesContract('SqlLogEntries in memory', openInMemory)
logEntriesContract('SqlLogEntries in a file', openInFile)
checkpointsContract('SqlLogEntries in memory', openInMemory)
checkpointsContract('SqlLogEntries in a file', openInFile)
