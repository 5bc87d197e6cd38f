import { createHash, hash } from 'node:crypto'
import type { LoggedDocument } from '../../src/log/renewal.ts'

export const sha512 = (bytes: Uint8Array): Uint8Array => hash('sha512', bytes, 'buffer')

/** The document whose bytes are this text. */
export function documentOf(text: string): LoggedDocument {
  return { sha512: hash('sha512', text, 'hex'), byteLength: Buffer.byteLength(text) }
}

/** Hash of one document, as docs/format.md, section 6 has it. */
export function leafByDefinition({ sha512: hex, byteLength }: LoggedDocument): Buffer {
  const size = byteLength.toString(16).padStart(16, '0')
  return createHash('sha512')
    .update(Buffer.from(`00${hex}${size}`, 'hex'))
    .digest()
}

export function nodeByDefinition(left: Buffer, right: Buffer): Buffer {
  return createHash('sha512').update(Buffer.of(1)).update(left).update(right).digest()
}

/** The recursive definition of RFC 9162, section 2.1.1, with SHA-512. */
export function rootByDefinition(documents: readonly LoggedDocument[]): Buffer {
  const [first] = documents
  if (first === undefined) return createHash('sha512').digest()
  if (documents.length === 1) return leafByDefinition(first)
  const split = 2 ** Math.floor(Math.log2(documents.length - 1))
  const right = rootByDefinition(documents.slice(split))
  return nodeByDefinition(rootByDefinition(documents.slice(0, split)), right)
}
