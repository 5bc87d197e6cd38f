import { checkpointText } from '../../src/log/checkpoint.ts'
import { formatNote, signNote } from '../../src/log/note.ts'
import { consistencyProofFromTiles } from '../../src/log/proof.ts'
import { quickSha256, readTile, rootOfSize } from './log-by-definition.ts'
import { logSigner, origin } from './signing-keys.ts'

/** The text of a checkpoint of the log of the vectors. */
export function textOfSize(size: number, root: Uint8Array = rootOfSize(size)): string {
  return checkpointText({ origin, size, root })
}

/** The same, signed by the log. */
export async function checkpointOfSize(size: number, root?: Uint8Array): Promise<string> {
  return signNote(textOfSize(size, root), [logSigner])
}

/** The signed checkpoint of a log of that size that is another one from its first entry on. */
export async function forkOfSize(size: number): Promise<string> {
  return checkpointOfSize(size, new Uint8Array(32).fill(size))
}

/** Lines of a proof that the log has only grown, each with its newline. */
export async function proofLines(oldSize: number, newSize: number): Promise<string> {
  const proof = await consistencyProofFromTiles(oldSize, newSize, readTile, quickSha256)
  return proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('')
}

/** A request `add-checkpoint` as the log makes it. */
export async function requestOf(oldSize: number, newSize: number): Promise<string> {
  const checkpoint = await checkpointOfSize(newSize)
  return `old ${oldSize}\n${await proofLines(oldSize, newSize)}\n${checkpoint}`
}

/** A text under lines that are not verified. */
export function noteOf(text: string, ...lines: readonly string[]): string {
  return formatNote(text, lines)
}
