import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import request from 'supertest'
import { isEndorsedBy } from '../../src/attestation/key-endorsement.ts'
import { parsePublicKey } from '../../src/attestation/public-keys.ts'
import { openCheckpoint } from '../../src/log/checkpoint.ts'
import { parseNote, verifyNote, type NoteVerifier } from '../../src/log/note.ts'
import { parseProofFile } from '../../src/log/proof-file.ts'
import { verifierOf } from '../../src/service/public-key-file.ts'
import { appendEntries, bundleOf, deposit, depositAndStop } from './deposits.ts'
import {
  changeKeys,
  keyStateOf,
  kidsOf,
  origin,
  startedRegistry,
  stoppedRegistry,
  withCatalog,
  type KeyState,
} from './key-changes.ts'

const privateFiles = ['log.jwk', 'log.previous.jwk', 'receipt.jwk']

describe('A new key of the log', () => {
  it('signs beside the one before, and first', async () => {
    const directory = await stoppedRegistry()
    await changeKeys(directory, (changes) => changes.rotate('log'))
    const state = await keyStateOf(directory)
    assert.deepEqual(state.files, privateFiles)
    assert.equal(state.lines, 2)
    assert.deepEqual(await signersOf(state), kidsOf(state, 'log').toReversed())
    await using registry = await startedRegistry(directory)
    await deposit(registry, 'During the overlap')
    assert.deepEqual(
      await signersOf(await keyStateOf(directory)),
      kidsOf(state, 'log').toReversed(),
    )
  })

  it('signs for no log that lacks the entry which introduced it', async () => {
    const directory = await stoppedRegistry()
    await appendEntries(directory, 5000)
    const { introduced } = await changeKeys(directory, (changes) => changes.rotate('log'))
    const { checkpoints } = await keyStateOf(directory)
    const newKey = await verifierOf(origin, introduced)
    const signed = await Promise.all(
      checkpoints.map(async ({ note, size }) => ({
        size,
        byNewKey: (await verifyNote(note, [newKey])).verified.length,
      })),
    )
    assert.deepEqual(signed, [
      { size: 5003, byNewKey: 1 },
      { size: 4098, byNewKey: 0 },
      { size: 2, byNewKey: 0 },
    ])
    assert.equal(introduced.introducedIndex, 5002)
  })

  it('has the word of the key before it, in the log', async () => {
    const directory = await stoppedRegistry()
    const { introduced, endorsedBy, earlier } = await changeKeys(directory, (changes) =>
      changes.rotate('log'),
    )
    const { kid, introducedAt: at, introducedIndex: from } = introduced
    const [entry] = await withCatalog(directory, ({ entries }) =>
      entries.listEntries({ from, limit: 1 }),
    )
    const { kind, spec } = JSON.parse(Buffer.from(entry?.leaf ?? []).toString())
    const { endorsement, ...statement } = spec
    assert.equal(kind, 'key')
    assert.deepEqual(statement, { role: 'log', action: 'introduced', kid, at })
    const before = await parsePublicKey(earlier[0]?.jwk ?? {})
    assert.equal(endorsedBy, before.kid)
    assert.ok(await isEndorsedBy(endorsement, statement, before))
  })

  it('is public before it signs', async () => {
    const directory = await stoppedRegistry()
    const { introduced } = await changeKeys(directory, (changes) => changes.rotate('log'))
    await using registry = await startedRegistry(directory)
    const file = await request(registry.app).get(`/log/keys/${introduced.kid}.json`)
    assert.equal(file.body.jwk.kid, introduced.kid)
    const { text } = await request(registry.app).get('/log/keys')
    assert.equal(text.split('\n')[0], file.body.vkey)
  })

  it('waits until the one before it is retired', async () => {
    const directory = await stoppedRegistry()
    await changeKeys(directory, (changes) => changes.rotate('log'))
    const before = await keyStateOf(directory)
    const again = changeKeys(directory, (changes) => changes.rotate('log'))
    await assert.rejects(again, /still signs too; end it with "stele keys retire /)
    assert.deepEqual(await keyStateOf(directory), before)
  })
})

describe('A retired key of the log', () => {
  it('signs no more, and says at which size it ended', async () => {
    const directory = await stoppedRegistry()
    const { earlier } = await changeKeys(directory, (changes) => changes.rotate('log'))
    const [old] = earlier
    const retired = await changeKeys(directory, (changes) => changes.retire(old?.kid ?? ''))
    const state = await keyStateOf(directory)
    assert.deepEqual(state.files, ['log.jwk', 'receipt.jwk'])
    assert.deepEqual(await signersOf(state), kidsOf(state, 'log').slice(1))
    await using registry = await startedRegistry(directory)
    const { vkey } = await verifierOf(origin, retired)
    const { text } = await request(registry.app).get('/log/keys')
    assert.equal(text.split('\n')[1], `${vkey} ${retired.retiredIndex}`)
  })

  it('still verifies what it signed, with its own verifier key alone', async () => {
    const directory = await stoppedRegistry()
    const { digest, proof } = await depositAndStop(directory)
    const { earlier } = await changeKeys(directory, (changes) => changes.rotate('log'))
    const [old = assert.fail()] = earlier
    await changeKeys(directory, (changes) => changes.retire(old.kid))
    await using registry = await startedRegistry(directory)
    const served = await request(registry.app).get(`/records/${digest}/proof`)
    assert.equal(served.text, proof)
    const { checkpoint } = parseProofFile(served.text)
    const verifier = await verifierOf(origin, old)
    assert.ok((await openCheckpoint(checkpoint, origin, [verifier])).size > 2)
    const bundle = await bundleOf(registry, digest)
    assert.ok(bundle.includes(`log ${verifier.vkey} `))
    assert.equal(bundle.match(/\blog registry\.example\.org\/log\+/g)?.length, 1)
  })

  it('may be retired again: nothing more is said of it', async () => {
    const directory = await stoppedRegistry()
    const { earlier } = await changeKeys(directory, (changes) => changes.rotate('log'))
    const kid = earlier[0]?.kid ?? ''
    const first = await changeKeys(directory, (changes) => changes.retire(kid))
    assert.deepEqual(await changeKeys(directory, (changes) => changes.retire(kid)), first)
  })
})

describe('A key is not retired', () => {
  for (const role of ['log', 'receipt'] as const) {
    it(`when it is the newest ${role} key`, async () => {
      const directory = await stoppedRegistry()
      const before = await keyStateOf(directory)
      const [kid = ''] = kidsOf(before, role)
      const refused = changeKeys(directory, (changes) => changes.retire(kid))
      await assert.rejects(refused, new RegExp(`newest ${role} key; introduce another`))
      assert.deepEqual(await keyStateOf(directory), before)
    })
  }

  it('when the registry never had it', async () => {
    const directory = await stoppedRegistry()
    const refused = changeKeys(directory, (changes) => changes.retire('unknown'))
    await assert.rejects(refused, /no key unknown of the registry/)
  })
})

describe('A new key for receipts', () => {
  it('takes the place of the one before at once', async () => {
    const directory = await stoppedRegistry()
    const first = await depositAndStop(directory)
    const { introduced, endorsedBy, earlier } = await changeKeys(directory, (changes) =>
      changes.rotate('receipt'),
    )
    const [old] = earlier
    assert.equal(endorsedBy, old?.kid)
    assert.equal(old?.retiredAt, introduced.introducedAt)
    assert.deepEqual((await keyStateOf(directory)).files, ['log.jwk', 'receipt.jwk'])
    const second = await depositAndStop(directory)
    assert.deepEqual([first.kid, second.kid], [old?.kid, introduced.kid])
  })

  it('is published with its time, and so is the one before for ever', async () => {
    const directory = await stoppedRegistry()
    const { introduced, earlier } = await changeKeys(directory, (changes) =>
      changes.rotate('receipt'),
    )
    const [old = assert.fail()] = earlier
    await using registry = await startedRegistry(directory)
    const { body } = await request(registry.app).get('/.well-known/jwks.json')
    const { kid, introducedAt } = introduced
    assert.deepEqual(body.keys, [
      { ...(await parsePublicKey(introduced.jwk)), kid, role: 'receipt', introducedAt },
      {
        ...(await parsePublicKey(old.jwk)),
        role: 'receipt',
        introducedAt: old.introducedAt,
        retiredAt: introducedAt,
      },
    ])
  })

  it('leaves the bundles of old records as they were', async () => {
    const directory = await stoppedRegistry()
    const { digest, bundle } = await depositAndStop(directory)
    await changeKeys(directory, (changes) => changes.rotate('receipt'))
    await changeKeys(directory, (changes) => changes.rotate('log'))
    await using registry = await startedRegistry(directory)
    assert.equal(await bundleOf(registry, digest), bundle)
  })
})

/** Who signed the newest checkpoint, in the order of the lines; every line must verify. */
async function signersOf(state: KeyState): Promise<string[]> {
  const note = parseNote(state.checkpoints[0]?.note ?? '')
  const keys = state.keys.filter(({ role }) => role === 'log')
  const verifiers = new Map<NoteVerifier, string>()
  for (const key of keys) verifiers.set(await verifierOf(origin, key), key.kid)
  const { verified } = await verifyNote(note, [...verifiers.keys()])
  assert.equal(verified.length, note.signatures.length)
  return verified.map(({ verifier }) => verifiers.get(verifier) ?? '')
}
