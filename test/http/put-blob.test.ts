import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import request from 'supertest'
import { digestOf } from '../../src/record/digest.ts'
import { eventually } from './eventually.ts'
import { RawConnection, requestHead } from './raw-connection.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'
import { digestOfText } from './run-with-outputs.ts'

const bytes = Buffer.from('a blob\n')
const digest = await digestOf(bytes)
const otherDigest = digestOfText('other bytes')

describe('PUT /blobs/{digest}', () => {
  it('stores bytes under their digest, and says so when they were there', async () => {
    await using registry = await openRegistryUnderTest()
    const first = await put(registry, digest, bytes)
    const second = await put(registry, digest, bytes)
    assert.equal(first.status, 201)
    assert.equal(first.headers['location'], `/blobs/${digest}`)
    assert.deepEqual(first.body, { digest, byteLength: bytes.byteLength })
    assert.equal(second.status, 200)
    assert.deepEqual(second.body, first.body)
  })

  it('stores an empty blob', async () => {
    await using registry = await openRegistryUnderTest()
    const emptyDigest = digestOfText('')
    const answer = await put(registry, emptyDigest, Buffer.alloc(0))
    assert.equal(answer.status, 201)
    assert.deepEqual(answer.body, { digest: emptyDigest, byteLength: 0 })
  })

  it('refuses bytes of another digest and keeps nothing of them', async () => {
    await using registry = await openRegistryUnderTest()
    const before = await registry.files()
    const answer = await put(registry, otherDigest, bytes)
    assert.equal(answer.status, 422)
    assert.equal(answer.body.code, 'digest-mismatch')
    assert.equal(answer.body.claimed, otherDigest)
    assert.equal(answer.body.actual, digest)
    assert.deepEqual(await registry.files(), before)
  })

  it('checks the bytes also when their digest is there already', async () => {
    await using registry = await openRegistryUnderTest()
    await put(registry, digest, bytes)
    const answer = await put(registry, digest, Buffer.from('other bytes'))
    assert.equal(answer.status, 422)
    assert.equal(answer.body.code, 'digest-mismatch')
  })

  it('gives one of two senders of the same bytes 201 and the other 200', async () => {
    await using registry = await openRegistryUnderTest()
    const answers = await Promise.all([put(registry, digest, bytes), put(registry, digest, bytes)])
    assert.deepEqual(
      answers.map((answer) => answer.status).sort((a, b) => a - b),
      [200, 201],
    )
  })

  const hex = digest.slice('sha256:'.length)
  for (const name of [
    `sha256:${hex.toUpperCase()}`,
    `SHA256:${hex}`,
    `sha-256:${hex}`,
    `sha1:${hex.slice(0, 40)}`,
    `sha512:${hex}${hex}`,
    `sha256:${hex.slice(1)}`,
    `sha256:${hex}0`,
    `sha256:${hex}%0A`,
    hex,
    '..%2F..%2Fetc%2Fpasswd',
    'missing',
  ]) {
    it(`refuses the digest ${name}`, async () => {
      await using registry = await openRegistryUnderTest()
      const before = await registry.files()
      const answer = await put(registry, name, bytes)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.code, 'malformed-digest')
      assert.deepEqual(await registry.files(), before)
    })
  }

  it('refuses more bytes than a blob may have, and keeps nothing of them', async () => {
    await using registry = await openRegistryUnderTest({ maxBlobBytes: 1000 })
    const before = await registry.files()
    const tooLong = Buffer.alloc(1001)
    const answer = await put(registry, await digestOf(tooLong), tooLong)
    assert.equal(answer.status, 413)
    assert.equal(answer.body.code, 'blob-too-large')
    assert.deepEqual(await registry.files(), before)
  })

  it('takes exactly as many bytes as a blob may have', async () => {
    await using registry = await openRegistryUnderTest({ maxBlobBytes: 1000 })
    const longest = Buffer.alloc(1000)
    const answer = await put(registry, await digestOf(longest), longest)
    assert.equal(answer.status, 201)
  })
})

describe('A sender of a blob', () => {
  it('may leave open how many bytes there are', async () => {
    await using registry = await openRegistryUnderTest()
    const connection = await RawConnection.open(await registry.listen())
    await connection.send(chunkedHead(registry), '3\r\na b\r\n', '4\r\nlob\n\r\n', '0\r\n\r\n')
    assert.match(await connection.answer(), /^HTTP\/1.1 201 /)
  })

  it('leaves nothing behind when it disappears halfway', async () => {
    await using registry = await openRegistryUnderTest()
    const before = await registry.files()
    const connection = await RawConnection.open(await registry.listen())
    await connection.send(lengthHead(registry, bytes.byteLength), bytes.subarray(0, 3))
    await eventually(async () => assert.notDeepEqual(await registry.files(), before))
    connection.vanish()
    await eventually(async () => assert.deepEqual(await registry.files(), before))
    assert.equal((await put(registry, digest, bytes)).status, 201)
  })

  it('leaves nothing behind when it ends before the announced length', async () => {
    await using registry = await openRegistryUnderTest()
    const before = await registry.files()
    const connection = await RawConnection.open(await registry.listen())
    await connection.send(lengthHead(registry, bytes.byteLength + 1), bytes)
    connection.finishSending()
    assert.doesNotMatch(await connection.answer(), /^HTTP\/1.1 2/)
    await eventually(async () => assert.deepEqual(await registry.files(), before))
  })

  it('leaves nothing behind when it ends before its last chunk', async () => {
    await using registry = await openRegistryUnderTest()
    const before = await registry.files()
    const connection = await RawConnection.open(await registry.listen())
    await connection.send(chunkedHead(registry), '7\r\na blob\n\r\n')
    connection.finishSending()
    assert.doesNotMatch(await connection.answer(), /^HTTP\/1.1 2/)
    await eventually(async () => assert.deepEqual(await registry.files(), before))
  })

  it('may go on with its connection after a refusal', async () => {
    await using registry = await openRegistryUnderTest()
    const connection = await RawConnection.open(await registry.listen())
    const refused = requestHead(`PUT /blobs/${digest}`, { 'content-length': 100_000 })
    await connection.send(refused, Buffer.alloc(100_000, 'GET /limits HTTP/1.1\r\n\r\n'))
    await connection.send(requestHead('GET /healthz', { connection: 'close' }))
    const statuses = (await connection.answer()).match(/HTTP\/1\.1 \d+/g)
    assert.deepEqual(statuses, ['HTTP/1.1 401', 'HTTP/1.1 200'])
  })

  it('is answered before it has sent everything when it may not send at all', async () => {
    await using registry = await openRegistryUnderTest()
    const connection = await RawConnection.open(await registry.listen())
    const fields = { 'content-length': 2 ** 40 }
    await connection.send(requestHead(`PUT /blobs/${digest}`, fields), Buffer.alloc(1 << 20))
    assert.match(await connection.answer(), /^HTTP\/1.1 401 [^]*"code":"token-required"/)
  })
})

function put(registry: RegistryUnderTest, name: string, body: Buffer) {
  return request(registry.app)
    .put(`/blobs/${name}`)
    .set('authorization', registry.bearer)
    .set('content-type', 'application/octet-stream')
    .send(body)
}

function lengthHead({ bearer }: RegistryUnderTest, byteLength: number): string {
  const fields = { authorization: bearer, connection: 'close', 'content-length': byteLength }
  return requestHead(`PUT /blobs/${digest}`, fields)
}

function chunkedHead({ bearer }: RegistryUnderTest): string {
  const fields = { authorization: bearer, connection: 'close', 'transfer-encoding': 'chunked' }
  return requestHead(`PUT /blobs/${digest}`, fields)
}
