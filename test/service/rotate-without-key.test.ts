import assert from 'node:assert/strict'
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import request from 'supertest'
import { CannotServe } from '../../src/service/cannot-serve.ts'
import { makeSigningKey } from '../../src/service/private-key-file.ts'
import { minimalRun } from '../record-fixtures.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'
import { deposit, depositAndStop } from './deposits.ts'
import { changeKeys, keyStateOf, kidsOf, startedRegistry, stoppedRegistry } from './key-changes.ts'

describe('A registry whose log key is lost', () => {
  it('takes nothing, and says what to do', async () => {
    const directory = await stoppedRegistry()
    await rm(join(directory, 'keys/log.jwk'))
    await using registry = await startedRegistry(directory)
    const { body } = await request(registry.app).get('/readyz')
    assert.match(body.detail, /log\.jwk does not hold the log key .* "stele keys rotate log"/)
    const refused = await request(registry.app)
      .post('/records')
      .set('authorization', registry.bearer)
      .send(minimalRun())
    assert.equal(refused.body.code, 'log-stopped')
  })

  it('goes on with a new one, for which nobody gives a word', async () => {
    const directory = await stoppedRegistry()
    const before = await depositAndStop(directory)
    await rm(join(directory, 'keys/log.jwk'))
    const rotation = await changeKeys(directory, (changes) => changes.rotate('log'))
    assert.equal(rotation.endorsedBy, undefined)
    const lost = rotation.earlier[0]?.kid ?? ''
    await changeKeys(directory, (changes) => changes.retire(lost))
    const state = await keyStateOf(directory)
    assert.deepEqual([state.lines, state.files], [1, ['log.jwk', 'receipt.jwk']])
    await using registry = await startedRegistry(directory)
    await deposit(registry, 'After the loss')
    const { text } = await request(registry.app).get(`/records/${before.digest}/proof`)
    assert.equal(text, before.proof)
  })

  it('asks the older key for its word when the newest is lost', async () => {
    const directory = await stoppedRegistry()
    const first = await changeKeys(directory, (changes) => changes.rotate('log'))
    const keys = join(directory, 'keys')
    await cp(join(keys, 'log.previous.jwk'), join(keys, 'log.jwk'))
    await rm(join(keys, 'log.previous.jwk'))
    const second = await changeKeys(directory, (changes) => changes.rotate('log'))
    assert.equal(second.endorsedBy, first.earlier[0]?.kid)
    await using registry = await startedRegistry(directory)
    await deposit(registry, 'By the third and the first')
    assert.equal((await keyStateOf(directory)).lines, 2)
  })

  it('cannot get a new receipt key before it has a new log key', async () => {
    const directory = await stoppedRegistry()
    await rm(join(directory, 'keys/log.jwk'))
    const before = await keyStateOf(directory)
    const refused = changeKeys(directory, (changes) => changes.rotate('receipt'))
    await assert.rejects(refused, /log\.jwk does not hold the log key/)
    assert.deepEqual(await keyStateOf(directory), before)
  })
})

describe('A registry whose receipt key is lost', () => {
  it('goes on with a new one, and the lost one is retired', async () => {
    const directory = await stoppedRegistry()
    await rm(join(directory, 'keys/receipt.jwk'))
    const { introduced, endorsedBy, earlier } = await changeKeys(directory, (changes) =>
      changes.rotate('receipt'),
    )
    assert.equal(endorsedBy, undefined)
    assert.equal(earlier[0]?.retiredAt, introduced.introducedAt)
    assert.equal((await depositAndStop(directory)).kid, introduced.kid)
  })

  it('may have lost both, and gets one after the other', async () => {
    const directory = await stoppedRegistry()
    await rm(join(directory, 'keys'), { recursive: true })
    await changeKeys(directory, (changes) => changes.rotate('log'))
    const { introduced } = await changeKeys(directory, (changes) => changes.rotate('receipt'))
    assert.equal((await depositAndStop(directory)).kid, introduced.kid)
  })
})

describe('A rotation is refused, and nothing is changed,', () => {
  it('when the file holds a key that the log never introduced', async () => {
    const directory = await stoppedRegistry()
    const file = join(directory, 'keys/log.jwk')
    await rm(file)
    const { publicKey } = await makeSigningKey(file)
    const before = await keyStateOf(directory)
    const refused = changeKeys(directory, (changes) => changes.rotate('log'))
    await assert.rejects(refused, new RegExp(`${publicKey.kid}, which this log never introduced`))
    assert.deepEqual(await keyStateOf(directory), before)
    assert.equal(kidsOf(before, 'log').length, 1)
  })

  it('when the catalog is older than the published log', async () => {
    const directory = await stoppedRegistry()
    const backup = await temporaryDirectory()
    await cp(join(directory, 'catalog.sqlite'), join(backup, 'catalog.sqlite'))
    await depositAndStop(directory)
    await removeCatalog(directory)
    await cp(join(backup, 'catalog.sqlite'), join(directory, 'catalog.sqlite'))
    const before = await keyStateOf(directory)
    const refused = changeKeys(directory, (changes) => changes.rotate('log'))
    await assert.rejects(refused, CannotServe)
    await assert.rejects(refused, /restored from an old backup/)
    assert.deepEqual(await keyStateOf(directory), before)
  })

  it('when a receipt is still due from the key of its time', async () => {
    const directory = await stoppedRegistry()
    const { digest, kid } = await depositAndStop(directory)
    const hex = digest.slice('sha256:'.length)
    const receipt = join(directory, `blobs/records/sha256/${hex.slice(0, 2)}/${hex}.receipt.jws`)
    const text = await readFile(receipt, 'utf8')
    await rm(receipt)
    const refused = changeKeys(directory, (changes) => changes.rotate('receipt'))
    await assert.rejects(refused, new RegExp(`receipt for ${digest} was left out`))
    await (await startedRegistry(directory))[Symbol.asyncDispose]()
    assert.equal(await readFile(receipt, 'utf8'), text)
    const { earlier } = await changeKeys(directory, (changes) => changes.rotate('receipt'))
    assert.equal(earlier[0]?.kid, kid)
  })

  it('when the registry was never started', async () => {
    const directory = await temporaryDirectory()
    const refused = changeKeys(directory, (changes) => changes.rotate('log'))
    await assert.rejects(refused, /no keys yet; the first start of the service makes them/)
  })

  it('when the file holds something else than a key', async () => {
    const directory = await stoppedRegistry()
    await writeFile(join(directory, 'keys/log.jwk'), 'no key')
    const refused = changeKeys(directory, (changes) => changes.rotate('log'))
    await assert.rejects(refused, /log\.jwk holds no private Ed25519 key as a JWK/)
  })
})

async function removeCatalog(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith('catalog.sqlite'))
  for (const name of names) await rm(join(directory, name))
}
