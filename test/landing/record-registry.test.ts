import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordPage } from '../../src/landing/record-page.ts'
import type { SignerView } from '../../src/landing/views.ts'
import { digestWith, exampleRun } from './example-records.ts'
import { addressesIn, textOf, viewOf } from './example-views.ts'

const page = recordPage(viewOf(exampleRun()))

describe('what the registry says about a record', () => {
  it('names its place in the log and leads to what proves it', () => {
    assert.match(sectionOf(page), /In the log since 2026-11-21 08:00:00 UTC Log index 41/)
    for (const address of [
      `/records/${digestWith('d')}/receipt`,
      `/records/${digestWith('d')}/proof`,
      '/log/checkpoint',
    ]) {
      assert.ok(addressesIn(page).includes(address), address)
    }
  })

  it('says that nobody signed', () => {
    assert.match(sectionOf(page), /none: the registry vouches for the deposit alone/)
  })

  it('says who signed, with what, and since when the key is bound', () => {
    assert.match(
      signedBy({}),
      /EdDSA by key key-of-ada , bound to the project since 2026-11-20 ; valid at the deposit all/,
    )
  })

  it('says of a key that was revoked since that it was valid then', () => {
    const revokedAt = '2026-11-25T10:00:00Z'
    assert.match(signedBy({ revokedAt }), /; valid at the deposit, revoked 2026-11-25 all/)
  })

  it('says of a key that was revoked or bound at the wrong time that it was not valid then', () => {
    const revokedAt = '2026-11-21T07:59:59Z'
    const revoked = signedBy({ revokedAt, wasValid: false })
    assert.match(revoked, /; not valid at the deposit , revoked 2026-11-21/)
    assert.match(signedBy({ wasValid: false }), /; not valid at the deposit all/)
  })

  it('says of a key it does not know that it does not', () => {
    const unknown = signedBy({ boundAt: undefined, wasValid: false })
    assert.match(unknown, /key-of-ada ; the registry knows no such key/)
  })
})

/** What the page says of a record with one signature. */
function signedBy(changes: Partial<SignerView>): string {
  const boundAt = '2026-11-20T10:00:00Z'
  const signer = { kid: 'key-of-ada', alg: 'EdDSA', boundAt, wasValid: true, ...changes }
  return sectionOf(recordPage(viewOf(exampleRun(), { signers: [signer] })))
}

function sectionOf(text: string): string {
  return textOf(text.slice(text.indexOf('<section id="registry"')).split('</section>')[0] ?? '')
}
