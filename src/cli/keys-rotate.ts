import type { Rotation } from '../service/change-keys.ts'
import { openKeyChanges } from '../service/operator-access.ts'
import { freePort } from '../service/server.ts'
import { environmentSettings } from '../service/settings.ts'
import { UsageError } from './usage.ts'

/** Of a retired key: it was deleted, now or by an earlier call, or it was lost before. */
const noPrivateKey = 'its private key is not here any more'

/** `stele keys rotate log|receipt`: introduces a new key of the registry. */
export async function rotateKey(args: string[]): Promise<void> {
  const [role] = args
  if (args.length !== 1 || (role !== 'log' && role !== 'receipt')) {
    throw new UsageError('expected: stele keys rotate log | receipt')
  }
  await using opened = await openKeyChanges(await environmentSettings(freePort))
  const rotation = await opened.changes.rotate(role)
  process.stderr.write(warningOf(rotation))
  process.stdout.write(reportOf(rotation))
}

/** `stele keys retire KID`: ends a key of the log that gives way to a newer one. */
export async function retireKey(args: string[]): Promise<void> {
  const [kid] = args
  if (kid === undefined || args.length !== 1)
    throw new UsageError('expected: stele keys retire KID')
  await using opened = await openKeyChanges(await environmentSettings(freePort))
  const { role, retiredAt, retiredIndex } = await opened.changes.retire(kid)
  process.stdout.write(
    `${role} key ${kid} is retired since ${retiredAt} (entry ${retiredIndex}); ` +
      `${noPrivateKey}; its public one stays\n`,
  )
}

function warningOf({ introduced: { kid }, endorsedBy, earlier: [before] }: Rotation): string {
  if (endorsedBy !== undefined && endorsedBy === before?.kid) return ''
  const found = endorsedBy === undefined ? 'no key' : `only the older key ${endorsedBy}`
  return (
    `WARNING: the private key of ${before?.kid} was not there, so ${found} gave its word for ${kid}.\n` +
    'Readers cannot tell from the log alone that the new key is yours: tell them by another way.\n'
  )
}

function reportOf({ introduced, wasInterrupted, endorsedBy, earlier, vkey }: Rotation): string {
  const { role, kid, introducedIndex } = introduced
  const [before] = earlier
  const how = endorsedBy === undefined ? 'endorsed by no key' : `endorsed by ${endorsedBy}`
  const finished = wasInterrupted ? 'finished the rotation that was interrupted: ' : ''
  const first = `${finished}${role} key ${kid} is introduced (entry ${introducedIndex}), ${how}\n`
  if (vkey === undefined) return `${first}${before?.kid} is retired; ${noPrivateKey}\n`
  const signing = earlier.filter(({ retiredAt }) => retiredAt === undefined)
  return [
    first,
    `verifier key: ${vkey}\n`,
    'Tell it to readers and witnesses who rely on the one before.\n',
    ...signing.map(({ kid: old }) => `When they have it: stele keys retire ${old}\n`),
  ].join('')
}
