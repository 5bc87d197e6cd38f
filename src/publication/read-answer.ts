/**
 * All bytes of an answer from another server.
 *
 * @throws Error when there are more than `most`; no more of them are read then.
 */
export async function readAnswer(response: Response, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body ?? []) {
    pieces.push(piece)
    length += piece.length
    if (length > most) throw new Error(`found over ${most} bytes of answer`)
  }
  return Buffer.concat(pieces)
}
