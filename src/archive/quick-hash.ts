import { hash } from 'node:crypto'
import type { HexHash } from '../record/digest.ts'

const names = { 'SHA-256': 'sha256', 'SHA-512': 'sha512' } as const

/**
 * Hashes at once. Web Crypto does the same in another thread, and for a document of
 * a few kilobytes the way there and back costs ten times the hash.
 */
export const quickHash: HexHash = (algorithm, bytes) => hash(names[algorithm], bytes, 'hex')
