import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fillLog } from '../publication/fill-log.ts'
import { LogReader } from '../publication/log-reader.ts'
import { minimalRun } from '../record-fixtures.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { eventually } from './eventually.ts'
import { RawConnection, requestHead } from './raw-connection.ts'
import { keyEntries, openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

const data = await temporaryData()
const catalogFile = join(data.path, 'catalog.sqlite')
const immutable = 'public, max-age=31536000, immutable'

let registry: RegistryUnderTest
let port: number
let url: string
let log: LogReader
/** Files that were published with a size before 256, and then replaced by full ones. */
const replaced = new Map<string, string>()

before(async () => {
  registry = await openRegistryUnderTest({
    directory: data.path,
    database: `sqlite:${catalogFile}`,
  })
  port = await registry.listen()
  url = `http://127.0.0.1:${port}`
  log = await LogReader.of(url)
  await growTo(5)
  await growTo(200)
  for (const path of partialsOf(keyEntries, 5, 200)) replaced.set(path, await hashAt(path))
  await growTo(513)
})
after(async () => {
  await registry[Symbol.asyncDispose]()
  await data[Symbol.asyncDispose]()
})

describe('The checkpoint', () => {
  for (const method of ['GET', 'HEAD']) {
    it(`is text that is asked for again each time (${method})`, async () => {
      const answer = await fetch(`${url}/log/checkpoint`, { method })
      await answer.arrayBuffer()
      assert.deepEqual(fieldsOf(answer), [200, 'text/plain; charset=utf-8', 'no-cache'])
    })
  }
})

describe('A tile', () => {
  for (const path of ['tile/0/000', 'tile/0/001', 'tile/0/002.p/1', 'tile/1/000.p/2']) {
    it(`lasts for ever (${path})`, async () => {
      const answer = await fetch(`${url}/log/${path}`)
      const bytes = await answer.arrayBuffer()
      const [, width = '256'] = path.split('.p/')
      assert.deepEqual(fieldsOf(answer), [200, 'application/octet-stream', immutable])
      assert.equal(bytes.byteLength, 32 * Number(width))
    })
  }

  for (const path of ['tile/entries/000', 'tile/entries/002.p/1', 'tile/0/000.p/200']) {
    it(`can be asked for without its bytes (${path})`, async () => {
      const full = await fetch(`${url}/log/${path}`)
      const { byteLength } = await full.arrayBuffer()
      const head = await fetch(`${url}/log/${path}`, { method: 'HEAD' })
      assert.deepEqual(fieldsOf(head), [200, 'application/octet-stream', immutable])
      assert.equal(head.headers.get('content-length'), String(byteLength))
      assert.equal((await head.arrayBuffer()).byteLength, 0)
    })
  }

  it('of an older size is answered as it was, after the full one has replaced it', async () => {
    const files = await registry.files()
    assert.ok(files.includes('log/tile/0/000'))
    for (const [path, before] of replaced) {
      assert.ok(!files.includes(`log/${path}`), `${path} should have been replaced`)
      assert.equal(await hashAt(path), before)
    }
  })

  it('of a size that was never published is not there, also below a full one', async () => {
    for (const path of partialsOf(1, 3, 4, 6, 199, 201, 255)) await assertAbsent(`/log/${path}`)
  })
})

describe('Nothing else is there', () => {
  const paths = [
    'tile/00/000',
    'tile/0/0',
    'tile/0/0000',
    'tile/0/x000/001',
    'tile/0/x000/000',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/0/000.p/256',
    'tile/0/000.p/257',
    'tile/0/000.p/-1',
    'tile/0/000.p/1.0',
    'tile/0/000.p/',
    'tile/0/000.p',
    'tile/0/000/',
    'tile/0/',
    'tile/0',
    'tile/64/000',
    'tile/63/000',
    'tile/-1/000',
    'tile/+0/000',
    'tile/1/000',
    'tile/2/000.p/1',
    'tile/0/002',
    'tile/0/002.p/2',
    'tile/0/003.p/1',
    'tile/0/999',
    'tile/0/x001/000',
    'tile/entries/002',
    'tile/entries/x000/000',
    'tile/Entries/000',
    'tile/data/000',
    'tile/0/../0/000',
    'tile/0/%2e%2e/0/000',
    'tile/..%2fcheckpoint',
    'tile/..%2f..%2f..%2fkeys/log.jwk',
    'tile/0%2f000',
    'tile/%30/000',
    'tile/0/00%30',
    'tile/0/000%00',
    'tile/0/000%0a',
    'tile/0\\000',
    'tile//0/000',
    'tile/entries/000.p/200.gz',
    'checkpoint.tmp',
    '../checkpoint',
    '%2e%2e/README.txt',
    'keys/..%2fcheckpoint',
    'keys/%2e%2e',
    'timestamps/..%2fcheckpoint',
  ]
  for (const path of paths) {
    it(`at ${path}, and nobody shall remember that`, () => assertAbsent(`/log/${path}`))
  }
})

describe('A tile that is not there yet', () => {
  it('is there as soon as the log has grown', async () => {
    const path = '/log/tile/0/002.p/2'
    await assertAbsent(path)
    const answer = await fetch(`${url}/records`, {
      method: 'POST',
      headers: { authorization: registry.bearer, 'content-type': 'application/json' },
      body: JSON.stringify(minimalRun()),
    })
    assert.equal(answer.status, 201)
    const tile = await fetch(url + path)
    assert.equal(tile.status, 200)
    assert.equal((await tile.arrayBuffer()).byteLength, 64)
  })
})

/** The bytes of the path are sent as they are; no client of ours may tidy it up. */
async function assertAbsent(path: string): Promise<void> {
  const connection = await RawConnection.open(port)
  await connection.send(requestHead(`GET ${path}`, { connection: 'close' }))
  const answer = await connection.answer()
  assert.match(answer, /^HTTP\/1\.1 404 Not Found\r\n/)
  assert.match(answer, /\r\ncache-control: no-store\r\n/i)
  assert.match(answer, /\r\ncontent-type: application\/problem\+json\r\n/i)
}

async function growTo(size: number): Promise<void> {
  fillLog(catalogFile, size)
  await eventually(async () => assert.equal(await log.size(), size))
}

function partialsOf(...widths: number[]): string[] {
  return widths.flatMap((width) => [`tile/0/000.p/${width}`, `tile/entries/000.p/${width}`])
}

async function hashAt(path: string): Promise<string> {
  const answer = await fetch(`${url}/log/${path}`)
  assert.equal(answer.status, 200, path)
  return hash('sha256', Buffer.from(await answer.arrayBuffer()))
}

function fieldsOf({ status, headers }: Response): unknown[] {
  return [status, headers.get('content-type'), headers.get('cache-control')]
}
