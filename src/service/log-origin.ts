import { checkpointPath, type LogStore } from '../vault/log-store.ts'
import type { Settings } from './settings.ts'

/**
 * Name of the log: the one that was set; else the one it was begun with, whatever
 * the address is today; else the address.
 */
export async function originOf(
  log: LogStore,
  { origin, url }: Pick<Settings, 'origin' | 'url'>,
): Promise<string> {
  if (origin !== undefined) return origin
  const checkpoint = await log.read(checkpointPath)
  const [begun = ''] = new TextDecoder().decode(checkpoint).split('\n')
  return begun === '' ? `${new URL(url).host}/log` : begun
}
