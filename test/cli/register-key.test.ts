import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { newDepositor, type Depositor } from '../attestation/depositors.ts'
import { runStele, startService, type RunningService } from '../service/service-process.ts'
import { temporaryData } from '../service/temporary-data.ts'

const data = await temporaryData()
let service: RunningService
let token: string

before(async () => {
  service = await startService(data.path)
  token = await fileWith('token', await tokenFor('rods'))
})
after(async () => {
  await service[Symbol.asyncDispose]()
  await data[Symbol.asyncDispose]()
})

describe('stele keys add --registry', () => {
  for (const alg of ['EdDSA', 'ES256'] as const) {
    it(`registers a key for ${alg} for the project of the token`, async () => {
      const ada = await newDepositor(alg)
      const { kid } = ada.publicKey
      const key = await keyFile(ada)
      const first = await add('--registry', service.url, '--token-file', token, '--key', key)
      const again = await add('--registry', `${service.url}/`, '--token-file', token, '--key', key)
      assert.deepEqual([first.code, first.errors, again.code], [0, '', 0])
      const place = `for rods at ${service.url} \\(entry \\d+\\)\n`
      assert.match(first.output, new RegExp(`^${kid} is registered ${place}$`))
      assert.match(again.output, new RegExp(`^${kid} was registered ${place}$`))
      const { body } = await request(service.url).get(`/depositor-keys/${kid}`)
      assert.deepEqual([body.jwk, body.projects[0].project], [ada.publicKey, 'rods'])
    })
  }

  it('wants a project with a token that is for all', async () => {
    const all = join(data.path, 'deposit-token')
    const key = await keyFile(await newDepositor('EdDSA'))
    const options = ['--registry', service.url, '--token-file', all, '--key', key]
    const without = await add(...options)
    assert.equal(without.code, 2)
    assert.match(without.errors, /every project; say which one with --project/)
    const one = await add(...options, '--project', 'jets')
    assert.match(one.output, / is registered for jets at /)
  })

  it('says why the registry refused', async () => {
    const key = await keyFile(await newDepositor('EdDSA'))
    const options = ['--registry', service.url, '--token-file', token, '--key', key]
    const { code, errors } = await add(...options, '--project', 'jets')
    assert.equal(code, 1)
    assert.match(errors, /the key is for "jets", the token for "rods" \[wrong-project\]\n$/)
  })

  it('signs for the registry that was named, not for the one that answers', async () => {
    const key = await keyFile(await newDepositor('EdDSA'))
    const other = service.url.replace('127.0.0.1', 'localhost')
    const { code, errors } = await add('--registry', other, '--token-file', token, '--key', key)
    assert.equal(code, 1)
    assert.match(
      errors,
      /found a proof for the registry "http:\/\/localhost:\d+".*invalid-key-proof/,
    )
  })

  it('says when nobody answers', async () => {
    const key = await keyFile(await newDepositor('EdDSA'))
    const nowhere = 'http://127.0.0.1:1'
    const { code, errors } = await add('--registry', nowhere, '--token-file', token, '--key', key)
    assert.deepEqual(
      [code, errors],
      [10, `stele: ${nowhere}/depositor-keys/nonce does not answer\n`],
    )
  })

  it('says when it is no registry that answers', async () => {
    await using other = await serveAnswer(200, '<!doctype html>')
    const key = await keyFile(await newDepositor('EdDSA'))
    const { code, errors } = await add('--registry', other.url, '--token-file', token, '--key', key)
    assert.deepEqual(
      [code, errors],
      [1, `stele: ${other.url}/depositor-keys/nonce answered, but not as a registry does\n`],
    )
  })

  it('lets nobody who answers steer the terminal', async () => {
    const problem = JSON.stringify({ code: 'no', detail: '\u001b[2Jcleared' })
    await using other = await serveAnswer(403, problem)
    const key = await keyFile(await newDepositor('EdDSA'))
    const { errors } = await add('--registry', other.url, '--token-file', token, '--key', key)
    assert.match(errors, / refused: \?\[2Jcleared \[no\]\n$/)
  })

  it('takes no endless answer', async () => {
    await using other = await serveAnswer(200, 'x'.repeat(1024 * 1024 + 1))
    const key = await keyFile(await newDepositor('EdDSA'))
    const { code, errors } = await add('--registry', other.url, '--token-file', token, '--key', key)
    assert.equal(code, 10)
    assert.match(errors, /nonce has more than 1048576 bytes\n$/)
  })

  it('reads no key that others may read', async () => {
    const key = await keyFile(await newDepositor('EdDSA'))
    await chmod(key, 0o640)
    const { code, errors } = await add(
      '--registry',
      service.url,
      '--token-file',
      token,
      '--key',
      key,
    )
    assert.equal(code, 2)
    assert.match(errors, /others may read .*; first: chmod 600 /)
  })

  it('never shows what stands in the file of a key', async () => {
    for (const text of ['secret-secret', '{"d":7,"x":"secret"}', '{"d":"secret","kty":"OKP"}']) {
      const key = await fileWith('bad.jwk', text)
      const { code, errors } = await add(
        '--registry',
        service.url,
        '--token-file',
        token,
        '--key',
        key,
      )
      assert.equal(code, 2)
      assert.doesNotMatch(errors, /secret|\.ts:/)
    }
  })

  for (const url of ['registry.example.org', 'ftp://example.org', 'http://user@example.org']) {
    it(`takes no ${url} for a registry`, async () => {
      const { code, errors } = await add('--registry', url, '--token-file', token, '--key', 'key')
      assert.equal(code, 2)
      assert.match(errors, /--registry: expected the URL of a registry/)
    })
  }
})

/** Whoever gives the same answer to every request. */
async function serveAnswer(
  status: number,
  body: string,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer((_request, response) => response.writeHead(status).end(body))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function add(...options: string[]) {
  return runStele(['keys', 'add', ...options], {})
}

async function tokenFor(project: string): Promise<string> {
  const made = await runStele(['token', 'create', '--project', project], { STELE_DATA: data.path })
  return made.output
}

async function keyFile({ privateKey, publicKey }: Depositor): Promise<string> {
  const text = JSON.stringify(privateKey.export({ format: 'jwk' }))
  return fileWith(`${publicKey.kid}.jwk`, text)
}

async function fileWith(name: string, text: string): Promise<string> {
  const file = join(data.path, name)
  await writeFile(file, text, { mode: 0o600 })
  return file
}
