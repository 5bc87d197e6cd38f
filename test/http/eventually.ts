import { setTimeout as pause } from 'node:timers/promises'

const patienceMs = 20_000

/**
 * Waits for what another process or connection will bring about; the last
 * failure of `check` is the one that is thrown.
 */
export async function eventually<T>(check: () => Promise<T>): Promise<T> {
  const giveUpAt = Date.now() + patienceMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > giveUpAt) throw error
      await pause(5)
    }
  }
}
