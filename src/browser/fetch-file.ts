/**
 * Reads a file of the registry by its path, which begins with `/`.
 *
 * @returns `undefined` when the registry has no such file, or no longer.
 * @throws CannotFetch when that cannot be told.
 */
export type FetchFile = (path: string) => Promise<Uint8Array | undefined>

/** The registry does not answer, or with something else than the file. */
export class CannotFetch extends Error {
  constructor(path: string, why: string, cause?: unknown) {
    super(`${path} could not be fetched: ${why}`, { cause })
    this.name = 'CannotFetch'
  }
}

const notThere = [404, 410]

export async function fetchFile(path: string): Promise<Uint8Array | undefined> {
  try {
    const answer = await fetch(path, { headers: { accept: '*/*' }, redirect: 'error' })
    if (notThere.includes(answer.status)) return undefined
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer())
    throw new CannotFetch(path, `the answer is ${answer.status}`)
  } catch (error) {
    if (error instanceof CannotFetch) throw error
    throw new CannotFetch(path, error instanceof Error ? error.message : String(error), error)
  }
}
