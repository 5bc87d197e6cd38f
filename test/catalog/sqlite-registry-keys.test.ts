import { registryKeysContract } from './registry-keys-contract.ts'
import { openInFile, openInMemory } from './temporary-catalog.ts'

registryKeysContract('SqlRegistryKeys in memory', openInMemory)
registryKeysContract('SqlRegistryKeys in a file', openInFile)
