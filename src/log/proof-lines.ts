import { base64Of, findBase64Hash } from './bytes.ts'

/** Most hashes of a proof: a tree of 2^63 leaves needs no more. */
export const mostProofHashes = 63

/** The hashes of a proof, each in base64 on a line with its newline. */
export function proofLinesOf(proof: readonly Uint8Array[]): string {
  return proof.map((hash) => `${base64Of(hash)}\n`).join('')
}

/** The hashes on these lines; `undefined` when there are too many, or one is no hash. */
export function findProof(lines: readonly string[]): Uint8Array[] | undefined {
  const hashes = lines.map(findBase64Hash).filter((hash) => hash !== undefined)
  return lines.length <= mostProofHashes && hashes.length === lines.length ? hashes : undefined
}
