/** Something that should be verified could not be fetched: no answer, or none that helps. */
export class CannotFetch extends Error {}

const timeoutMs = 30_000

/** The body of an answer, as it comes in. @throws CannotFetch */
export async function* download(url: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { body, status } = await requested(url)
  if (status !== 200 || body === null) throw new CannotFetch(`${url} answered ${status}`)
  yield* piecesOf(url, body)
}

/**
 * A small document.
 *
 * @returns `undefined` when it is not there (404).
 * @throws CannotFetch also when it has more bytes than that.
 */
export async function findDocument(url: string, mostBytes: number): Promise<Buffer | undefined> {
  const { body, status } = await requested(url, AbortSignal.timeout(timeoutMs))
  if (status === 404) return undefined
  if (status !== 200 || body === null) throw new CannotFetch(`${url} answered ${status}`)
  return wholeOf(url, piecesOf(url, body), mostBytes)
}

/** The body of an answer that has come, piece by piece. @throws CannotFetch */
export async function* piecesOf(
  url: string,
  body: AsyncIterable<Uint8Array> | null,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of body ?? []) yield piece
  } catch (error) {
    throw new CannotFetch(`${url} broke off`, { cause: error })
  }
}

/** @throws CannotFetch when there are more bytes than that; no more of them are read then. */
export async function wholeOf(
  url: string,
  pieces: AsyncIterable<Uint8Array>,
  mostBytes: number,
): Promise<Buffer> {
  const read: Uint8Array[] = []
  let byteLength = 0
  for await (const piece of pieces) {
    byteLength += piece.length
    if (byteLength > mostBytes) throw new CannotFetch(`${url} has more than ${mostBytes} bytes`)
    read.push(piece)
  }
  return Buffer.concat(read)
}

async function requested(url: string, signal?: AbortSignal) {
  try {
    return await fetch(url, { signal: signal ?? null })
  } catch (error) {
    throw new CannotFetch(`${url} does not answer`, { cause: error })
  }
}
