import request from 'supertest'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { signWith, type Depositor } from '../attestation/depositors.ts'
import { registryUrl, type RegistryUnderTest } from './registry-under-test.ts'

export const project = 'Example project'

/** What differs from a registration that is in order. */
export interface RegistrationChanges {
  /** Value of the `Authorization` field of both requests. */
  readonly authorization?: string
  /** Members of the signed statement. */
  readonly stated?: JsonObject
  /** Members of the protected header. */
  readonly header?: JsonObject
  /** Who signs. */
  readonly signer?: Depositor
  /** Members of the body, beside or instead of `jwk` and `proof`. */
  readonly body?: JsonObject
  /** Members of the proof. */
  readonly proof?: JsonObject
}

/** Asks for a nonce. */
export function askNonce(registry: RegistryUnderTest, authorization = registry.bearer) {
  return request(registry.app).post('/depositor-keys/nonce').set({ authorization })
}

/** Registers a key, step by step as docs/format.md, section 14 has it. */
export async function registerKey(
  registry: RegistryUnderTest,
  depositor: Depositor,
  changes: RegistrationChanges = {},
) {
  const { authorization = registry.bearer, signer = depositor } = changes
  const { nonce } = (await askNonce(registry, authorization)).body
  const { kid, alg, use: _use, ...jwk } = depositor.publicKey
  const stated = { kid, nonce: String(nonce), project, registry: registryUrl, ...changes.stated }
  const payload = canonicalBytes(stated)
  const header = { alg, kid, typ: 'stele-key-possession+jws', ...changes.header }
  const { protected: encoded, signature } = signWith(signer, payload, header)
  const proof = {
    payload: Buffer.from(payload).toString('base64url'),
    protected: encoded,
    signature,
    ...changes.proof,
  }
  return request(registry.app)
    .post('/depositor-keys')
    .set({ authorization, 'content-type': 'application/json' })
    .send(JSON.stringify({ jwk, proof, ...changes.body }))
}

/** Takes a key out of use. */
export function revokeKey(
  registry: RegistryUnderTest,
  { publicKey: { kid } }: Depositor,
  { authorization = registry.bearer, project: of = project } = {},
) {
  const query = { project: of }
  const sent = request(registry.app).post(`/depositor-keys/${kid}/revocation`)
  return sent.query(query).set({ authorization })
}
