import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openRegistryUnderTest, type RegistryUnderTest } from '../http/registry-under-test.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { deposit } from './deposits.ts'

/** A registry with the private keys of another, and with other records in the log of that name. */
export async function openForkOf({ directory }: RegistryUnderTest): Promise<RegistryUnderTest> {
  const data = await temporaryData()
  await mkdir(join(data.path, 'keys'))
  for (const file of ['keys/log.jwk', 'keys/receipt.jwk']) {
    await cp(join(directory, file), join(data.path, file))
  }
  const forked = await openRegistryUnderTest({ directory: data.path })
  // A log with fewer entries than before would be noticed by its size.
  for (const title of '123456789') await deposit(forked, title)
  return {
    ...forked,
    [Symbol.asyncDispose]: async () => {
      await forked[Symbol.asyncDispose]()
      await data[Symbol.asyncDispose]()
    },
  }
}
