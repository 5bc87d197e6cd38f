import { hexOf, type Digest } from '../record/digest.ts'
import { niUriOf } from '../record/identifier.ts'
import type { BundleProfile } from './payload.ts'

/** `bagit.txt`; the standard fixes its bytes. */
export const bagItDeclaration = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'

export interface BagInfo {
  readonly recordDigest: Digest
  readonly profile: BundleProfile
  /** Seconds since 1970, from the receipt. */
  readonly issuedAt: number
  readonly payloadBytes: number
  readonly payloadFiles: number
}

/**
 * `bag-info.txt`. Its date is that of the receipt, because a bundle that is made
 * years later must have the same bytes.
 *
 * @see RFC 8493, section 2.2.2
 */
export function bagInfoOf(info: BagInfo): string {
  const date = new Date(info.issuedAt * 1000).toISOString().slice(0, 10)
  return [
    'Bag-Software-Agent: stele bundle format 1',
    `Bagging-Date: ${date}`,
    `External-Identifier: ${niUriOf(info.recordDigest)}`,
    `Payload-Oxum: ${info.payloadBytes}.${info.payloadFiles}`,
    `Stele-Bundle-Profile: ${info.profile}`,
    '',
  ].join('\n')
}

/** Lines that `sha256sum -c` and BagIt read alike, in the order of `files`. */
export function manifestOf(files: readonly { path: string; digest: Digest }[]): string {
  return files.map(({ path, digest }) => `${hexOf(digest)}  ${path}\n`).join('')
}
