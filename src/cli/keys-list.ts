import { openOperatorLists } from '../service/operator-access.ts'
import { freePort } from '../service/server.ts'
import { environmentSettings } from '../service/settings.ts'
import { refuseArguments } from './usage.ts'

/** `stele keys list`: those of the registry first, then those of depositors, by log index. */
export async function listKeys(args: string[]): Promise<void> {
  refuseArguments(args, 'stele keys list')
  await using lists = await openOperatorLists(await environmentSettings(freePort))
  const known = await lists.registryKeys.listRegistryKeys()
  for (const key of known) {
    const { role, kid, introducedAt, introducedIndex, retiredAt, retiredIndex } = key
    const since = `introduced ${introducedAt} (entry ${introducedIndex})`
    const isNewest = known.findLast((other) => other.role === role) === key
    const present = isNewest ? 'signs' : 'gives way'
    const end = retiredAt === undefined ? present : `retired ${retiredAt} (entry ${retiredIndex})`
    process.stdout.write(`${role.padEnd('receipt'.length)}  ${kid}  ${since}  ${end}\n`)
  }
  for (const key of await lists.accessList.listDepositorKeys()) {
    const { kid, project, addedAt, addedIndex, revokedAt, revokedIndex } = key
    const since = `added ${addedAt} (entry ${addedIndex})`
    const end = revokedAt === undefined ? 'valid' : `revoked ${revokedAt} (entry ${revokedIndex})`
    process.stdout.write(`${kid}  ${project}  ${since}  ${end}\n`)
  }
}
