import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { temporaryDirectory } from '../bundle/programs.ts'
import { runStele } from '../service/service-process.ts'
import { evidenceOf, fileOfCase, writtenCases } from '../verification/written-cases.ts'

const directory = await temporaryDirectory()
let server: Server
let url: string

/** What the server answers by path; it is a registry whose every file was laid down before. */
const served = new Map<string, Uint8Array>()

before(async () => {
  server = createServer((request, response) => {
    const body = served.get(request.url ?? '')
    response.writeHead(body === undefined ? 404 : 200).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${portOf(server)}`
})
after(async () => {
  server.close()
  await directory[Symbol.asyncDispose]()
})

describe('stele verify, given a bundle', () => {
  it('says what is good and ends with 0', async () => {
    const { file, digest, trust } = await laidDown('a bundle that its depositor signed')
    const { code, output } = await verify(file, '--digest', digest, ...trust)
    assert.equal(code, 0)
    assert.match(output, /^good {6}inclusion {13}entry 3, counted from 0, of a log with 7$/m)
    assert.match(output, /^good {6}depositor-signatures {2}signed with EdDSA by the key \S+$/m)
    assert.match(output, /\nVerified\.\n$/)
  })

  it('says what is true by the word of the registry only', async () => {
    const { file } = await laidDown('a bundle by its own word')
    const { code, output } = await verify(file)
    assert.equal(code, 0)
    assert.match(
      output,
      /^unpinned {2}trust .*the log and the receipt by the registry's own word$/m,
    )
    assert.match(output, /\nVerified, but in part by the registry's own word/)
  })

  it('ends with 3 for a bundle that is not what it says', async () => {
    const { file } = await laidDown('a changed byte of the payload')
    const { code, output } = await verify(file)
    assert.equal(code, 3)
    assert.match(output, /^bad {7}bundle-files +changed: "data\/inputs\/heat\.in"$/m)
    assert.match(output, /\nNOT VERIFIED: bundle-files\n$/)
  })

  it('tells programs the same as JSON', async () => {
    const { file } = await laidDown('a symbolic link')
    const { code, output } = await verify(file, '--json')
    const { verified, findings } = JSON.parse(output)
    assert.deepEqual([code, verified, findings[0].check], [3, false, 'bundle-form'])
  })

  it('reads one that was unpacked, whatever its directory is called', async () => {
    const unpacked = await unpackedAs('unpacked')
    const { code, output } = await verify(unpacked)
    assert.deepEqual([code, /^good +bundle-files/m.test(output)], [0, true])
  })

  it('follows no link in one that was unpacked', async () => {
    const unpacked = await unpackedAs('with a link')
    await symlink('/etc/passwd', path.join(unpacked, 'data/link'))
    const { code, output } = await verify(unpacked)
    assert.equal(code, 3)
    assert.match(output, /^bad +bundle-form +"data\/link" is a link or a special file$/m)
  })

  it('reads one from a URL as it streams', async () => {
    const { file, digest, bytes } = await laidDown('a standard bundle')
    assert.ok(file)
    served.set(`/records/${digest}/bundle.tar`, bytes)
    const { code, output } = await verify(`${url}/records/${digest}/bundle.tar`)
    assert.equal(code, 0)
    assert.match(output, /^good +record-digest +\S+, as cited$/m)
  })
})

describe('stele verify, given the URL of a record', () => {
  it('checks what the registry serves, and its newest checkpoint', async () => {
    const digest = serveRecord('a record by its own word')
    const { code, output } = await verify(`${url}/records/${digest}`)
    assert.equal(code, 0)
    assert.match(output, /^good +record-digest +\S+, as cited$/m)
    assert.match(output, /^unpinned +checkpoint +the newest one is signed too, at 7 entries$/m)
  })

  it('ends with 3 when the newest checkpoint is signed by nobody known', async () => {
    const digest = serveRecord('a record by its own word')
    const other = caseNamed('a checkpoint signed by a key that is not the log’s')
    served.set('/log/checkpoint', evidenceOf(other).checkpoint ?? new Uint8Array())
    const { code, output } = await verify(`${url}/records/${digest}`)
    assert.equal(code, 3)
    assert.match(output, /^bad +checkpoint +the newest one: /m)
  })

  it('ends with 3 when the newest checkpoint is signed after the end of its key', async () => {
    const digest = serveRecord('a record by its own word')
    const { code, output } = await verify(`${url}/records/${digest}`)
    assert.equal(code, 0, output)
    const list = Buffer.from(served.get('/log/keys') ?? '').toString()
    served.set('/log/keys', Buffer.from(list.replace('\n', ' 6\n')))
    const ended = await verify(`${url}/records/${digest}`)
    assert.equal(ended.code, 3)
    assert.match(ended.output, /^bad +checkpoint +the newest one, at 7 entries, is signed after/m)
    served.set('/log/keys', Buffer.from(list.replace('\n', ' 7\n')))
    assert.equal((await verify(`${url}/records/${digest}`)).code, 0)
  })

  it('ends with 3 when the record is another', async () => {
    const digest = serveRecord('a record by its own word')
    served.set(`/records/${digest}/record.json`, Buffer.from('{}'))
    const { code, output } = await verify(`${url}/records/${digest}`)
    assert.equal(code, 3)
    assert.match(output, /NOT VERIFIED: record-digest, receipt-record, /)
  })

  it('ends with 10 when nobody answers', async () => {
    const { code, errors } = await verify(`http://127.0.0.1:1/records/sha256:${'0'.repeat(64)}`)
    assert.deepEqual([code, /does not answer/.test(errors)], [10, true])
  })
})

describe('stele verify', () => {
  it('ends with 2 for what it does not understand or cannot read', async () => {
    const { file } = await laidDown('a standard bundle')
    const codes = await Promise.all([
      verify(),
      verify(file, '--digest', 'sha256:0'),
      verify(file, '--policy', path.join(directory.path, 'none')),
      verify(file, '--policy', file),
      verify(path.join(directory.path, 'none.tar')),
    ])
    assert.deepEqual(
      codes.map(({ code }) => code),
      [2, 2, 2, 2, 2],
    )
  })
})

function verify(...args: string[]) {
  return runStele(['verify', ...args], {})
}

function caseNamed(name: string) {
  const found = writtenCases.find((written) => written.name === name)
  assert.ok(found, name)
  return found
}

/** The files of a case where the command can read them. */
async function laidDown(name: string) {
  const { files, digest = '', trust } = caseNamed(name)
  const bytes = fileOfCase(files['bundle'] ?? '')
  const file = path.join(directory.path, `${name}.tar`)
  await writeFile(file, bytes)
  const [policy, keys] = [path.join(directory.path, 'policy'), path.join(directory.path, 'keys')]
  await writeFile(policy, trust.policy === undefined ? '' : fileOfCase(trust.policy))
  await writeFile(keys, trust.receiptKeys === undefined ? '' : fileOfCase(trust.receiptKeys))
  return { file, bytes, digest, trust: ['--policy', policy, '--receipt-keys', keys] }
}

async function unpackedAs(name: string): Promise<string> {
  const { file } = await laidDown('a standard bundle')
  const unpacked = path.join(directory.path, name)
  execFileSync('mkdir', [unpacked])
  execFileSync('tar', ['-x', '-f', file, '-C', unpacked, '--strip-components=1'])
  return unpacked
}

/** Serves what a registry serves about a record. */
function serveRecord(name: string): string {
  const { record, receipt, proof, checkpoint, jwks, policy } = evidenceOf(caseNamed(name))
  const digest = caseNamed('a record checked by a reader who has pinned everything').digest ?? ''
  const vkey = /^log (\S+)/m.exec(Buffer.from(policy ?? '').toString())?.[1] ?? ''
  const parts = [
    [`/records/${digest}/record.json`, record],
    [`/records/${digest}/receipt`, receipt],
    [`/records/${digest}/proof`, proof],
    ['/.well-known/jwks.json', jwks],
    ['/log/keys', Buffer.from(`${vkey}\n`)],
    ['/log/checkpoint', checkpoint],
  ] as const
  for (const [at, bytes] of parts) served.set(at, bytes ?? new Uint8Array())
  return digest
}

function portOf(listening: Server): number {
  const address: AddressInfo | string | null = listening.address()
  return address !== null && typeof address !== 'string' ? address.port : 0
}
