import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { canonicalText } from '../../src/record/canonical-json.ts'
import { filePart, formOf, formType } from './multipart-form.ts'
import { RawConnection, requestHead } from './raw-connection.ts'
import { receiveBytes } from './received-answer.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'
import { runWithOutputs } from './run-with-outputs.ts'

const output = 'x'.repeat(100_000)
const record = runWithOutputs([output])

let directory: string
let registry: RegistryUnderTest
let url: string

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stele-bundles-'))
  registry = await open()
  const answer = await request(registry.app)
    .post('/records')
    .set('authorization', registry.bearer)
    .set('content-type', formType)
    .send(formOf(filePart('record', canonicalText(record)), filePart('file', output)))
  url = `/records/${answer.body.digest}/bundle.tar`
})
after(async () => {
  await registry[Symbol.asyncDispose]()
  await rm(directory, { recursive: true })
})

describe('GET /records/{digest}/bundle.tar', () => {
  it('is a whole tar of known length with a strong tag', async () => {
    const answer = await bytesAt(`${url}?profile=full`)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['content-type'], 'application/x-tar')
    assert.equal(Number(answer.headers['content-length']), answer.body.byteLength)
    assert.equal(answer.body.byteLength % 512, 0)
    assert.match(answer.headers['etag'] ?? '', /^"[0-9a-f]{64}"$/)
    assert.match(
      answer.headers['content-disposition'] ?? '',
      /^attachment; filename="[0-9a-f]{16}-full\.tar"$/,
    )
    assert.ok(answer.body.includes(canonicalText(record)))
    assert.ok(answer.body.includes(output))
  })

  it('holds the more, the larger its profile', async () => {
    const lengths: number[] = []
    const tags = new Set<string | undefined>()
    for (const profile of ['thin', 'standard', 'full']) {
      const { headers } = await request(registry.app).head(`${url}?profile=${profile}`)
      lengths.push(Number(headers['content-length']))
      tags.add(headers['etag'])
    }
    const [thin = 0, standard = 0, full = 0] = lengths
    assert.ok(thin <= standard)
    assert.ok(standard + output.length < full)
    assert.equal(tags.size, 3)
  })

  it('is the standard one unless another is asked for', async () => {
    const { headers } = await request(registry.app).head(url)
    const standard = await request(registry.app).head(`${url}?profile=standard`)
    assert.equal(headers['etag'], standard.headers['etag'])
  })

  it('ends up byte for byte the same when it is fetched in pieces', async () => {
    const whole = await bytesAt(`${url}?profile=full`)
    const { etag = '' } = whole.headers
    const pieces: Buffer[] = []
    for (let start = 0; start < whole.body.byteLength; start += 30_011) {
      const range = `bytes=${start}-${start + 30_010}`
      const part = await bytesAt(`${url}?profile=full`).set({ range, 'if-range': etag })
      assert.equal(part.status, 206)
      pieces.push(part.body)
    }
    assert.deepEqual(Buffer.concat(pieces), whole.body)
  })

  it('goes on where a broken download ended', async () => {
    const whole = await bytesAt(`${url}?profile=full`)
    const start = whole.body.byteLength - 70_000
    const rest = await bytesAt(`${url}?profile=full`).set('range', `bytes=${start}-`)
    assert.equal(
      rest.headers['content-range'],
      `bytes ${start}-${whole.body.byteLength - 1}/${whole.body.byteLength}`,
    )
    assert.deepEqual(rest.body, whole.body.subarray(start))
  })

  it('is given whole when the client holds a part of another bundle', async () => {
    const { headers } = await request(registry.app).head(`${url}?profile=thin`)
    const fields = { range: 'bytes=10-', 'if-range': headers['etag'] ?? '' }
    assert.equal((await bytesAt(`${url}?profile=full`).set(fields)).status, 200)
  })

  it('is not sent again to a client that has it', async () => {
    const { headers } = await request(registry.app).head(url)
    const answer = await bytesAt(url).set('if-none-match', headers['etag'] ?? '')
    assert.equal(answer.status, 304)
    assert.equal(answer.body.byteLength, 0)
  })

  it('refuses a range behind its end, and a profile that there is not', async () => {
    const range = await request(registry.app).get(url).set('range', 'bytes=999999999-')
    const profile = await request(registry.app).get(`${url}?profile=huge`)
    assert.equal(range.status, 416)
    assert.equal(range.body.code, 'range-not-satisfiable')
    assert.equal(profile.status, 400)
    assert.equal(profile.body.code, 'invalid-parameter')
  })

  it('is the same byte for byte after the registry was started again', async () => {
    const first = await bytesAt(`${url}?profile=full`)
    await registry[Symbol.asyncDispose]()
    registry = await open()
    const second = await bytesAt(`${url}?profile=full`)
    assert.equal(second.headers['etag'], first.headers['etag'])
    assert.deepEqual(second.body, first.body)
  })

  it('breaks off when its client goes away, and goes on for others', async () => {
    const connection = await RawConnection.open(await registry.listen())
    await connection.send(requestHead(`GET ${url}?profile=full`, {}))
    await connection.head()
    connection.vanish()
    assert.equal((await bytesAt(`${url}?profile=full`)).status, 200)
    assert.doesNotMatch(registry.log(), /"level":50/)
  })
})

function open(): Promise<RegistryUnderTest> {
  return openRegistryUnderTest({ directory, database: `sqlite:${join(directory, 'catalog')}` })
}

function bytesAt(path: string) {
  return request(registry.app).get(path).buffer(true).parse(receiveBytes)
}
