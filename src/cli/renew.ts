import { renewLog, type Renewal } from '../service/renew-log.ts'
import { freePort } from '../service/server.ts'
import { environmentSettings } from '../service/settings.ts'
import { openStoppedRegistry } from '../service/stopped-registry.ts'
import { refuseArguments } from './usage.ts'

/** `stele renew`: binds everything in the log with hashes of SHA-512. */
export async function renewCommand(args: string[]): Promise<void> {
  refuseArguments(args, 'stele renew')
  await using opened = await openStoppedRegistry(await environmentSettings(freePort))
  process.stdout.write(reportOf(await renewLog(opened.registry)))
}

function reportOf({ renewed: { covers, sha512 }, leaf, wasThere }: Renewal): string {
  const { size } = covers
  const renews = wasThere ? 'renews the log already; nothing was appended' : 'renews the log'
  const documents =
    sha512.documents === 1 ? '1 record or event' : `${sha512.documents} records and events`
  return [
    `entry ${size} ${renews}: ${documents}, and the ${size} entries before it`,
    'Have the next line stamped with a hash that is not SHA-256, and keep it outside the registry:',
    new TextDecoder().decode(leaf),
    '',
  ].join('\n')
}
