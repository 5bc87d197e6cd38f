import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { CompactSign, FlattenedSign, GeneralSign, importJWK } from 'jose'
import {
  InvalidSignature,
  parseDepositorSignatures,
} from '../../src/attestation/depositor-signature.ts'
import { Refusal } from '../../src/record/refusal.ts'
import { headerOf, newDepositor, signWith, type Depositor, type Signature } from './depositors.ts'

const record = new TextEncoder().encode('{"title":"A run of one stage"}')
const encode = (document: unknown) =>
  new TextEncoder().encode(typeof document === 'string' ? document : JSON.stringify(document))

const ada = await newDepositor('EdDSA')
const bo = await newDepositor('ES256')
const stranger = await newDepositor('EdDSA')

const findKey = async (kid: string) =>
  [ada, bo].map((depositor) => depositor.publicKey).find((key) => key.kid === kid)

const verify = (document: unknown) => parseDepositorSignatures(encode(document), record, findKey)
const signatures = (...list: Signature[]) => ({ signatures: list })
const header = (changes: Record<string, unknown>, depositor: Depositor = ada) => ({
  ...headerOf(depositor),
  ...changes,
})

async function refusalOf(document: unknown): Promise<string> {
  try {
    await verify(document)
  } catch (error) {
    if (error instanceof Refusal) return `${error.code}: ${error.message}`
    throw error
  }
  return 'accepted'
}

describe('a depositor signature is accepted', () => {
  for (const depositor of [ada, bo]) {
    it(`made with ${depositor.publicKey.alg}`, async () => {
      const made = signWith(depositor, record)
      const { kid, alg } = depositor.publicKey
      const decoded = Buffer.from(made.signature, 'base64url')
      const sha256 = createHash('sha256').update(decoded).digest('hex')
      const accepted = await verify(signatures(made))
      assert.deepEqual(accepted.signatures, [{ kid, alg, sha256 }])
      assert.equal(
        accepted.text,
        `{"signatures":[{"protected":"${made.protected}","signature":"${made.signature}"}]}`,
      )
    })
  }

  it('under the new name of Ed25519', async () => {
    const made = signWith(ada, record, header({ alg: 'Ed25519' }))
    const accepted = await verify(signatures(made))
    assert.equal(accepted.signatures[0]?.alg, 'Ed25519')
  })

  it('in flattened serialisation, and kept in the general one', async () => {
    const made = signWith(ada, record)
    assert.deepEqual(await verify(made), await verify(signatures(made)))
  })

  it('whatever the order of its header', async () => {
    const { alg, cty, kid, typ } = headerOf(bo)
    const made = signWith(
      bo,
      record,
      `{ "typ":"${typ}", "kid":"${kid}","cty":"${cty}", "alg":"${alg}" }`,
    )
    assert.equal((await verify(signatures(made))).signatures.length, 1)
  })

  it('as jose makes it, by one and by several', async () => {
    const sign = new GeneralSign(record)
    for (const depositor of [ada, bo]) {
      const key = await importJWK(
        depositor.privateKey.export({ format: 'jwk' }),
        depositor.publicKey.alg,
      )
      sign.addSignature(key).setProtectedHeader(header({ alg: depositor.publicKey.alg }, depositor))
    }
    const { signatures } = await sign.sign()
    const accepted = await verify({ signatures })
    assert.deepEqual(
      accepted.signatures.map(({ kid }) => kid),
      [ada.publicKey.kid, bo.publicKey.kid],
    )
  })

  it('with fifteen others', async () => {
    const many = Array.from({ length: 16 }, () => signWith(bo, record))
    assert.equal((await verify(signatures(...many))).signatures.length, 16)
  })
})

describe('a depositor signature is refused', () => {
  const good = signWith(ada, record)
  const other = new TextEncoder().encode('{"title":"Another run"}')
  const changed = Uint8Array.from(record, (byte, index) => (index === 10 ? byte ^ 1 : byte))
  const headers: readonly (readonly [string, Record<string, unknown>, Depositor?])[] = [
    ['without an algorithm', { alg: 'none' }],
    ['with HS256 and the public key as the secret', { alg: 'HS256' }],
    ['with RS256', { alg: 'RS256' }],
    ['with the algorithm of the other key type', { alg: 'ES256' }],
    ['with the algorithm of the other key type (EC)', { alg: 'EdDSA' }, bo],
    ['with ES512 for a P-256 key', { alg: 'ES512' }, bo],
    ['whose algorithm is no text', { alg: ['EdDSA'] }],
    ['of another type', { typ: 'JWT' }],
    ['that is a receipt', { typ: 'stele-receipt+jws' }],
    ['whose type is in other letters', { typ: 'STELE-DEPOSIT+JWS' }],
    ['without a type', { typ: undefined }],
    ['over other content', { cty: 'application/json' }],
    ['without a content type', { cty: undefined }],
    ['without a key identifier', { kid: undefined }],
    ['whose key identifier is a path', { kid: '../../keys/ada.json' }],
    ['whose key identifier is SQL', { kid: "' OR '1'='1" }],
    ['with a key inside', { jwk: ada.publicKey }],
    ['with the address of a key', { jku: 'https://registry.example.org/jwks.json' }],
    ['with the address of a certificate', { x5u: 'https://registry.example.org/ada.pem' }],
    ['with a certificate', { x5c: ['MIIB'] }],
    ['with b64', { b64: false }],
    ['with b64 and crit', { b64: false, crit: ['b64'] }],
    ['with an empty crit', { crit: [] }],
    ['with an unknown header', { iat: 1 }],
  ]
  for (const [what, changes, depositor = ada] of headers) {
    it(what, async () => {
      const made = signWith(depositor, record, header(changes, depositor))
      assert.match(await refusalOf(signatures(made)), /^invalid-signature: signature 0: found /)
    })
  }

  const documents: readonly (readonly [string, unknown, RegExp])[] = [
    ['over other bytes', signatures(signWith(ada, other)), /does not verify/],
    ['when one bit of the record changed', signatures(signWith(ada, changed)), /does not verify/],
    ['by a key nobody registered', signatures(signWith(stranger, record)), /key registered/],
    [
      'by one depositor in the name of another',
      signatures(signWith(stranger, record, headerOf(ada))),
      /does not verify/,
    ],
    ['when none is there', signatures(), /0 signatures/],
    ['as the seventeenth', signatures(...Array.from({ length: 17 }, () => good)), /17 signatures/],
    ['beside a bad one', signatures(good, signWith(ada, other)), /signature 1: .*does not verify/],
    ['behind a bad one', signatures(signWith(ada, other), good), /signature 0: .*does not verify/],
    [
      'with the payload',
      { ...good, payload: Buffer.from(record).toString('base64url') },
      /payload/,
    ],
    ['with an unprotected header', { ...good, header: { kid: 'x' } }, /"header"/],
    [
      'with an unprotected header, in a list',
      { signatures: [{ ...good, header: {} }] },
      /"header"/,
    ],
    ['in both serialisations at once', { ...good, signatures: [good] }, /"protected"/],
    [
      'with an unprotected header alone',
      { header: headerOf(ada), signature: good.signature },
      /"header"/,
    ],
    ['without a protected header', { signature: good.signature }, /protected in base64url/],
    ['that is empty', { ...good, signature: '' }, /signature in base64url/],
    ['that is a number', { ...good, signature: 5 }, /signature in base64url/],
    ['of one letter', { ...good, signature: 'A' }, /signature in base64url/],
    ['with a header of one letter', { ...good, protected: 'A' }, /protected in base64url/],
    ['with padding', { ...good, signature: `${good.signature}==` }, /signature in base64url/],
    ['in plain base64', { ...good, signature: `+/${good.signature.slice(2)}` }, /in base64url/],
    ['that is cut', { ...good, signature: good.signature.slice(0, -2) }, /does not verify/],
    ['in a list of something else', { signatures: [good.signature] }, /no object/],
    [
      'in compact serialisation',
      JSON.stringify(`${good.protected}..${good.signature}`),
      /invalid-json/,
    ],
    ['that is no JSON', 'signature', /invalid-json/],
    [
      'with a member that occurs twice',
      `{"protected":"${good.protected}","signature":"AAAA","signature":"${good.signature}"}`,
      /invalid-json/,
    ],
  ]
  for (const [what, document, reason] of documents) {
    it(what, async () => {
      assert.match(await refusalOf(document), reason)
    })
  }

  it('with other bits at its end', async () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = letters.indexOf(good.signature.slice(-1))
    const stray = good.signature.slice(0, -1) + letters.charAt(last + 1)
    assert.deepEqual(Buffer.from(stray, 'base64url'), Buffer.from(good.signature, 'base64url'))
    assert.match(await refusalOf({ ...good, signature: stray }), /stray bits/)
  })

  it('with a header in which a member occurs twice', async () => {
    const text = JSON.stringify(headerOf(ada)).replace('{', '{"alg":"none",')
    assert.match(await refusalOf(signatures(signWith(ada, record, text))), /occurs twice/)
  })

  it('with a header that is no JSON', async () => {
    assert.match(await refusalOf(signatures(signWith(ada, record, 'alg=EdDSA'))), /invalid-json/)
  })

  it('made by jose with an embedded key', async () => {
    const key = await importJWK(ada.privateKey.export({ format: 'jwk' }), 'EdDSA')
    const { payload: _, ...made } = await new FlattenedSign(record)
      .setProtectedHeader({ ...header({}), alg: 'EdDSA', jwk: ada.publicKey })
      .sign(key)
    assert.match(await refusalOf(made), /header .*expected/)
  })

  it('made for a web token', async () => {
    const key = await importJWK(ada.privateKey.export({ format: 'jwk' }), 'EdDSA')
    const token = await new CompactSign(record)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: ada.publicKey.kid })
      .sign(key)
    const [encodedHeader, , signature] = token.split('.')
    assert.match(await refusalOf({ protected: encodedHeader, signature }), /header .*expected/)
  })

  it('as InvalidSignature, with the number of the bad one', async () => {
    await assert.rejects(verify(signatures(good, good, signWith(ada, other))), (error) => {
      return error instanceof InvalidSignature && error.message.startsWith('signature 2:')
    })
  })
})
