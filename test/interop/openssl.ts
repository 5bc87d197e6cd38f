import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { JWK } from 'jose'
import type { PublicKey } from '../../src/attestation/public-keys.ts'
import { run, runWell, temporaryDirectory, type Outcome } from '../bundle/programs.ts'

/** A JWS in flattened JSON serialisation. */
export interface FlattenedSignature {
  readonly protected: string
  readonly payload: string
  readonly signature: string
}

/** A key pair that OpenSSL made. */
export interface OpensslKey {
  readonly alg: 'EdDSA' | 'ES256'
  readonly jwk: JWK
  /** PEM. */
  readonly privateKey: Buffer
}

/** What stands before the raw bytes of a public key in DER; RFC 8410 and RFC 5480. */
const publicKeyPrefix = {
  EdDSA: '302a300506032b6570032100',
  ES256: '3059301306072a8648ce3d020106082a8648ce3d03010703420004',
}

/** Verifies a JWS as one does by hand: nothing but `openssl` over `protected.payload`. */
export async function verifyWithOpenssl(
  key: PublicKey,
  { protected: header, payload, signature }: FlattenedSignature,
): Promise<Outcome> {
  await using directory = await temporaryDirectory()
  const at = (name: string) => path.join(directory.path, name)
  const raw = Buffer.from(signature, 'base64url')
  await writeFile(at('signed'), `${header}.${payload}`)
  await writeFile(at('signature'), key.alg === 'EdDSA' ? raw : derOfRaw(raw))
  await writeFile(at('key.der'), derOfKey(key))
  await runWell(`openssl pkey -pubin -inform DER -in ${at('key.der')} -out ${at('key')}`.split(' '))
  const command =
    key.alg === 'EdDSA'
      ? `openssl pkeyutl -verify -pubin -inkey ${at('key')} -rawin -sigfile ${at('signature')} -in`
      : `openssl dgst -sha256 -verify ${at('key')} -signature ${at('signature')}`
  return await run([...command.split(' '), at('signed')])
}

export async function newOpensslKey(alg: 'EdDSA' | 'ES256'): Promise<OpensslKey> {
  const algorithm = alg === 'EdDSA' ? 'ed25519' : 'EC -pkeyopt ec_paramgen_curve:P-256'
  const privateKey = await runWell(`openssl genpkey -algorithm ${algorithm}`.split(' '))
  const command = 'openssl pkey -pubout -outform DER'.split(' ')
  const der = await runWell(command, { input: privateKey })
  return { alg, privateKey, jwk: jwkOf(alg, der) }
}

/** Signs with `openssl` alone; in base64url as a JWS has it. */
export async function signWithOpenssl(
  { alg, privateKey }: OpensslKey,
  signed: string,
): Promise<string> {
  await using directory = await temporaryDirectory()
  const at = (name: string) => path.join(directory.path, name)
  await writeFile(at('key'), privateKey)
  await writeFile(at('signed'), signed)
  const command =
    alg === 'EdDSA'
      ? `openssl pkeyutl -sign -inkey ${at('key')} -rawin -in ${at('signed')}`
      : `openssl dgst -sha256 -sign ${at('key')} ${at('signed')}`
  const signature = await runWell(command.split(' '))
  return (alg === 'EdDSA' ? signature : rawOfDer(signature)).toString('base64url')
}

function derOfKey({ alg, x, y = '' }: PublicKey): Buffer {
  const coordinates = [x, y].map((coordinate) => Buffer.from(coordinate, 'base64url'))
  return Buffer.concat([Buffer.from(publicKeyPrefix[alg], 'hex'), ...coordinates])
}

function jwkOf(alg: OpensslKey['alg'], der: Buffer): JWK {
  const raw = der.subarray(publicKeyPrefix[alg].length / 2)
  const x = raw.subarray(0, 32).toString('base64url')
  if (alg === 'EdDSA') return { kty: 'OKP', crv: 'Ed25519', x }
  return { kty: 'EC', crv: 'P-256', x, y: raw.subarray(32).toString('base64url') }
}

/** An ES256 signature of a JWS, r and s of 32 bytes each, as the SEQUENCE that OpenSSL reads. */
function derOfRaw(raw: Buffer): Buffer {
  const body = Buffer.concat([raw.subarray(0, 32), raw.subarray(32)].map(derOfInteger))
  return Buffer.concat([Buffer.of(0x30, body.length), body])
}

function derOfInteger(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0)
  const digits = bytes.subarray(start)
  // A first bit that is set would make the number negative.
  const sign = (digits.at(0) ?? 0) > 127 ? [0] : []
  return Buffer.concat([Buffer.of(0x02, sign.length + digits.length, ...sign), digits])
}

function rawOfDer(der: Buffer): Buffer {
  const lengthOfR = der.at(3) ?? 0
  const r = der.subarray(4, 4 + lengthOfR)
  const s = der.subarray(4 + lengthOfR + 2)
  return Buffer.concat([r, s].map(in32Bytes))
}

function in32Bytes(integer: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(32), integer]).subarray(-32)
}
