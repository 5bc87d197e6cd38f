import { quoted } from '../record/refusal.ts'
import { DerReader, derTag, malformed } from './time-stamp-der.ts'
import { integerOf, sha256Identifier, type TimeStampQuestion } from './time-stamp-request.ts'
import { UnusableTimeStamp } from './unusable-time-stamp.ts'

/** Media type of what `parseTimeStampAnswer` takes: RFC 3161, section 3.4. */
export const timeStampReplyType = 'application/timestamp-reply'

/** A time stamp as its authority states it. The signature in it is not verified here. */
export interface TimeStamp {
  /** DER of the TimeStampToken: a CMS SignedData, with the authority's certificate. */
  readonly token: Uint8Array
  /** RFC 3339 in UTC, with the fraction the authority gave. */
  readonly time: string
  /** The authority's number of the token, in hex. */
  readonly serial: string
}

/** Content of the OBJECT IDENTIFIER 1.2.840.113549.1.7.2. */
const signedDataIdentifier = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2)
/** Content of the OBJECT IDENTIFIER 1.2.840.113549.1.9.16.1.4. */
const timeStampInfoIdentifier = Uint8Array.from([
  0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 4,
])

/**
 * Reads a TimeStampResp: it must be granted, and be over that digest with that
 * nonce. Whether the token's signature and certificates are good is not decided
 * here; `openssl ts -verify` tells.
 *
 * @param bytes - the whole answer.
 * @throws UnusableTimeStamp and nothing else, whatever the bytes are.
 * @see RFC 3161, section 2.4.2; RFC 5652, section 5.1
 */
export function parseTimeStampAnswer(bytes: Uint8Array, question: TimeStampQuestion): TimeStamp {
  const outside = new DerReader(bytes)
  const answer = outside.enter(derTag.sequence, 'a TimeStampResp')
  outside.end('the TimeStampResp')
  refuseUnlessGranted(answer.enter(derTag.sequence, 'a PKIStatusInfo'))
  const token = answer.rest
  const contentInfo = answer.enter(derTag.sequence, 'a token')
  answer.end('the token')
  const { time, serial } = factsOf(signedContentOf(contentInfo), question)
  return { token, time, serial }
}

/** By number: PKIStatus. */
const states = [
  'granted',
  'grantedWithMods',
  'rejection',
  'waiting',
  'revocationWarning',
  'revocationNotification',
]

/** Bits of PKIFailureInfo. */
const failures: readonly (readonly [number, string])[] = [
  [0, 'badAlg'],
  [2, 'badRequest'],
  [5, 'badDataFormat'],
  [14, 'timeNotAvailable'],
  [15, 'unacceptedPolicy'],
  [16, 'unacceptedExtension'],
  [17, 'addInfoNotAvailable'],
  [25, 'systemFailure'],
]

function refuseUnlessGranted(info: DerReader): void {
  const [number = 0, ...more] = info.takeInteger('a status')
  const words = info.takeOptional(derTag.sequence)
  const failInfo = info.takeOptional(derTag.bitString)
  info.end('the PKIStatusInfo')
  const state = (more.length === 0 ? states[number] : undefined) ?? 'an unknown status'
  if (state === 'granted' || state === 'grantedWithMods') return
  const names = failInfo === undefined ? [] : failureNamesOf(failInfo)
  const said = words === undefined ? [] : [quoted(firstTextOf(words))]
  throw new UnusableTimeStamp('not-granted', [state, ...names, ...said].join(', '), 'granted')
}

/** The first byte of a BIT STRING counts the bits of its last byte that are none. */
function failureNamesOf(bitString: Uint8Array): string[] {
  const bits = bitString.subarray(1)
  const isSet = (bit: number): boolean => (((bits[bit >> 3] ?? 0) << (bit & 7)) & 0x80) !== 0
  return failures.filter(([bit]) => isSet(bit)).map(([, name]) => name)
}

function firstTextOf(words: Uint8Array): string {
  return textOf(new DerReader(words).take(derTag.utf8String, 'a text'))
}

/** What the token signs: the bytes of a TSTInfo. */
function signedContentOf(contentInfo: DerReader): Uint8Array {
  takeIdentifier(contentInfo, signedDataIdentifier, 'id-signedData')
  const content = contentInfo.enter(derTag.context0, 'a content')
  contentInfo.end('the content')
  const signedData = content.enter(derTag.sequence, 'a SignedData')
  content.end('the SignedData')
  signedData.takeInteger('a version')
  signedData.take(derTag.set, 'digest algorithms')
  const encapsulated = signedData.enter(derTag.sequence, 'an EncapsulatedContentInfo')
  // Without it nobody can check the token once the authority is gone.
  if (signedData.takeOptional(derTag.context0) === undefined) {
    throw new UnusableTimeStamp('no-certificate', 'none', 'the certificate of the authority')
  }
  signedData.takeOptional(derTag.context1)
  signedData.take(derTag.set, 'signers')
  signedData.end('the signers')
  takeIdentifier(encapsulated, timeStampInfoIdentifier, 'id-ct-TSTInfo')
  const explicit = encapsulated.enter(derTag.context0, 'a TSTInfo')
  encapsulated.end('the TSTInfo')
  const info = explicit.take(derTag.octetString, 'a TSTInfo')
  explicit.end('the TSTInfo')
  return info
}

function factsOf(tstInfo: Uint8Array, { digest, nonce }: TimeStampQuestion) {
  const outside = new DerReader(tstInfo)
  const info = outside.enter(derTag.sequence, 'a TSTInfo')
  outside.end('the TSTInfo')
  if (!sameBytes(info.takeInteger('a version'), Uint8Array.of(1))) {
    throw malformed('another version', 'version 1')
  }
  info.take(derTag.objectIdentifier, 'a policy')
  refuseOtherImprint(info.enter(derTag.sequence, 'a MessageImprint'), digest)
  const serial = hexOfBytes(info.takeInteger('a serial number'))
  const time = timeOf(textOf(info.take(derTag.generalizedTime, 'a time')))
  info.takeOptional(derTag.sequence)
  info.takeOptional(derTag.boolean)
  const answered = info.takeOptional(derTag.integer)
  if (answered === undefined || !sameBytes(answered, integerOf(nonce))) {
    throw new UnusableTimeStamp('other-nonce', 'another nonce or none', 'the one that was sent')
  }
  info.takeOptional(derTag.context0)
  info.takeOptional(derTag.context1)
  info.end('the extensions')
  return { time, serial }
}

function refuseOtherImprint(imprint: DerReader, digest: Uint8Array): void {
  const algorithm = imprint.enter(derTag.sequence, 'a hash algorithm')
  const identifier = algorithm.take(derTag.objectIdentifier, 'a hash algorithm')
  algorithm.takeOptional(derTag.nothing)
  algorithm.end('the hash algorithm')
  const hash = imprint.take(derTag.octetString, 'a hash')
  imprint.end('the hash')
  if (sameBytes(identifier, sha256Identifier) && sameBytes(hash, digest)) return
  throw new UnusableTimeStamp('other-content', 'another hash', `SHA-256 ${hexOfBytes(digest)}`)
}

/** A GeneralizedTime as RFC 3161 narrows it down: in UTC, with seconds. */
function timeOf(text: string): string {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d*[1-9])?Z$/.exec(text)
  const [, year, month, day, hour, minute, second, fraction = ''] = parts ?? []
  const seconds = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const moment = new Date(`${seconds}Z`)
  if (Number.isNaN(moment.getTime()) || !moment.toISOString().startsWith(seconds)) {
    throw malformed(`the time ${quoted(text)}`, 'YYYYMMDDhhmmss and Z')
  }
  return `${seconds}${fraction}Z`
}

function takeIdentifier(reader: DerReader, expected: Uint8Array, name: string): void {
  if (sameBytes(reader.take(derTag.objectIdentifier, name), expected)) return
  throw malformed('another object identifier', name)
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

function hexOfBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
