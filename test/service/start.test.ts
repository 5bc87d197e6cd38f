import assert from 'node:assert/strict'
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import request from 'supertest'
import { minimalRun } from '../record-fixtures.ts'
import { firstBearer, runStele, startService } from './service-process.ts'
import { temporaryData } from './temporary-data.ts'

const privateMode = 0o600

describe('The first start', () => {
  it('makes keys and a deposit token that only their owner can read', async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    assert.equal(await modeOf(join(data.path, 'deposit-token')), privateMode)
    assert.equal(await modeOf(join(data.path, 'keys/receipt.jwk')), privateMode)
    assert.equal(await modeOf(join(data.path, 'keys/log.jwk')), privateMode)
    assert.ok(service.process.output.includes(`Deposit token: ${data.path}/deposit-token`))
    assert.doesNotMatch(service.process.output + service.process.errors, /stele_[\w-]{43}/)
  })

  it('makes a token that deposits for every project', async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    const answer = await request(service.url)
      .post('/records')
      .set('authorization', await firstBearer(data.path))
      .send(minimalRun())
    assert.equal(answer.status, 201)
  })

  it('takes a free port for 0 and names it everywhere', async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    assert.ok(service.port > 0)
    assert.ok(service.process.output.includes(`ready at ${service.url} `))
    const { body } = await request(service.url)
      .post('/records')
      .set('authorization', await firstBearer(data.path))
      .send(minimalRun())
    assert.equal(body.url, `${service.url}/records/${body.digest}`)
  })
})

describe('The next start', () => {
  it('keeps the keys, the token and what was deposited', async () => {
    await using data = await temporaryData()
    const before = await startAndDeposit(data.path)
    await using service = await startService(data.path)
    const receipt = await request(service.url).get(`/records/${before.digest}/receipt`)
    assert.equal(receipt.status, 200)
    assert.deepEqual(await privateFilesOf(data.path), before.privateFiles)
    assert.match(service.process.output, /\(1 record\)/)
  })

  it('makes no second token when the file of the first is gone', async () => {
    await using data = await temporaryData()
    await startAndDeposit(data.path)
    await rm(join(data.path, 'deposit-token'))
    await using service = await startService(data.path)
    assert.match(service.process.output, /make one with "stele token create --project P"/)
    assert.ok(!(await readdir(data.path)).includes('deposit-token'))
  })
})

describe('A start is refused', () => {
  it('while another process serves from the same directory, which goes on', async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    const second = await runStele(['serve'], { STELE_DATA: data.path, STELE_PORT: '0' })
    assert.equal(second.code, 1)
    assert.equal(
      second.errors,
      `stele: another process already serves from ${data.path}; stop it, or set another STELE_DATA\n`,
    )
    assert.equal((await request(service.url).get('/readyz')).status, 200)
  })

  it('refuses a store that another data directory uses at the moment', async () => {
    await using data = await temporaryData()
    await using other = await temporaryData()
    await using service = await startService(data.path)
    const settings = { STELE_DATA: other.path, STELE_BLOBS: `file:${data.path}/blobs` }
    const { code, errors } = await runStele(['serve'], { ...settings, STELE_PORT: '0' })
    assert.equal(code, 1)
    assert.match(errors, /another process already serves from .*\/blobs; stop it/)
    assert.equal((await request(service.url).get('/readyz')).status, 200)
  })

  it('no longer once the other process is gone, however it ended', async () => {
    await using data = await temporaryData()
    const first = await startService(data.path)
    await first.process.end('SIGKILL')
    await using second = await startService(data.path)
    assert.equal((await request(second.url).get('/readyz')).status, 200)
  })

  it('when the port is taken, in one line', async () => {
    await using data = await temporaryData()
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = address === null || typeof address === 'string' ? 0 : address.port
    const started = await runStele(['serve'], { STELE_DATA: data.path, STELE_PORT: String(port) })
    other.close()
    assert.equal(started.code, 1)
    assert.match(started.errors, /^stele: cannot listen on 127\.0\.0\.1, port \d+; see .*\n$/m)
  })

  it('when settings are wrong, naming all of them', async () => {
    const settings = { STELE_PORT: 'http', STELE_EXAMPLES: 'yes' }
    const { code, errors } = await runStele(['serve'], settings)
    assert.equal(code, 1)
    assert.match(errors, /STELE_PORT: expected a port number/)
    assert.match(errors, /STELE_EXAMPLES: expected on or off/)
    assert.doesNotMatch(errors, /\.ts:/)
  })

  it('when the key of the registry is not one', async () => {
    await using data = await temporaryData()
    await mkdir(join(data.path, 'keys'))
    await writeFile(join(data.path, 'keys/receipt.jwk'), '{"kty":"RSA"}')
    const { code, errors } = await runStele(['serve'], { STELE_DATA: data.path, STELE_PORT: '0' })
    assert.equal(code, 1)
    assert.match(errors, /^stele: .*receipt\.jwk holds no private Ed25519 key as a JWK\n$/)
  })
})

async function startAndDeposit(directory: string) {
  await using service = await startService(directory)
  const sent = request(service.url).post('/records')
  const answer = await sent.set('authorization', await firstBearer(directory)).send(minimalRun())
  assert.equal(answer.status, 201)
  await service.process.end('SIGTERM')
  return { digest: answer.body.digest, privateFiles: await privateFilesOf(directory) }
}

async function privateFilesOf(directory: string): Promise<string[]> {
  const files = ['deposit-token', 'keys/receipt.jwk', 'keys/log.jwk'].map((name) =>
    join(directory, name),
  )
  return Promise.all(files.map((file) => readFile(file, 'utf8')))
}

async function modeOf(file: string): Promise<number> {
  return (await stat(file)).mode & 0o777
}
