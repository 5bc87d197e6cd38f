import assert from 'node:assert/strict'
import request from 'supertest'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { parseDigest, type Digest } from '../../src/record/digest.ts'
import { newDepositor, signWith } from '../attestation/depositors.ts'
import { bindKey } from '../http/bound-keys.ts'
import { filePart, formOf, formType, type Part } from '../http/multipart-form.ts'
import type { RegistryUnderTest } from '../http/registry-under-test.ts'
import { minimalRun } from '../record-fixtures.ts'

/** Deposits a run of that title. */
export function deposit(registry: RegistryUnderTest, title: string): Promise<Digest> {
  return send(registry, [filePart('record', canonicalBytes(minimalRun({ title })))])
}

/** Deposits a run that two new keys have signed, one of each algorithm. */
export async function depositSigned(registry: RegistryUnderTest): Promise<Digest> {
  const bytes = canonicalBytes(minimalRun({ title: 'A signed run' }))
  const depositors = [await newDepositor('EdDSA'), await newDepositor('ES256')]
  for (const depositor of depositors) await bindKey(registry, depositor, { project: '*' })
  const signatures = depositors.map((depositor) => {
    const { protected: header, signature } = signWith(depositor, bytes)
    return { protected: header, signature }
  })
  const signature = filePart('signature', JSON.stringify({ signatures }))
  return send(registry, [filePart('record', bytes), signature])
}

async function send(registry: RegistryUnderTest, parts: readonly Part[]): Promise<Digest> {
  const answer = await request(registry.app)
    .post('/records')
    .set('authorization', registry.bearer)
    .set('content-type', formType)
    .send(formOf(...parts))
  assert.equal(answer.status, 201, answer.text)
  return parseDigest(answer.body.digest)
}
