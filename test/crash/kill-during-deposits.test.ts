import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { firstBearer } from '../service/service-process.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { digestOfText } from '../http/run-with-outputs.ts'
import { filesIn } from '../vault/temporary-vault.ts'
import { LogReader } from '../publication/log-reader.ts'
import { CheckpointFollower } from './checkpoint-follower.ts'
import { depositAll, newDeposits, type Deposit, type Statement } from './impatient-depositors.ts'
import { ServiceThatIsKilled } from './service-that-is-killed.ts'

const deposits = await newDeposits(150)
const clients = 6
const leastKills = 5
/** It is killed each time after at most as many answers as this, so often enough. */
const mostAnswersBetweenKills = 40

const data = await temporaryData()
let service: ServiceThatIsKilled
let url: string
/** Everything the service lists in the end, oldest first. */
let listed: readonly ListedRecord[]
let log: LogReader
/** Every checkpoint that could be read while it was killed again and again. */
let checkpoints: ReadonlySet<string>

before(async () => {
  service = await ServiceThatIsKilled.start(data.path)
  {
    await using follower = new CheckpointFollower(() => service.url())
    checkpoints = follower.seen
    await depositAndKill()
  }
  // Once more, so that what an interrupted start left is looked at too.
  await service.kill(0)
  url = await service.url()
  listed = await listAll()
  log = await LogReader.of(url)
})
after(async () => {
  await service[Symbol.asyncDispose]()
  await data[Symbol.asyncDispose]()
})

describe('A service that is killed while it takes deposits', () => {
  it('was killed often enough, and accepted a lot', () => {
    assert.ok(service.kills >= leastKills)
    assert.ok(acknowledged().length > 75)
    assert.ok(acknowledgedEvents().length > 40)
    assert.ok(checkpoints.size > 40)
  })

  it('has every record it answered, byte for byte, with the same receipt and place', async () => {
    for (const { digest, bytes, acknowledged: answer } of acknowledged()) {
      assert.deepEqual(await bytesAt(`/records/${digest}/record.json`), bytes)
      assert.equal(
        String(await bytesAt(`/records/${digest}/receipt`)),
        JSON.stringify(answer?.receipt),
      )
      assert.equal(listed.find((item) => item.digest === digest)?.logIndex, answer?.logIndex)
    }
  })

  it('has every event it answered, byte for byte, with the same receipt', async () => {
    for (const { digest, bytes, acknowledged: answer } of acknowledgedEvents()) {
      assert.deepEqual(await bytesAt(`/events/${digest}`), bytes)
      assert.equal(
        String(await bytesAt(`/events/${digest}/receipt`)),
        JSON.stringify(answer?.receipt),
      )
    }
  })

  it('has the proofs it answered, and the log they are of', async () => {
    const answered = [
      ...acknowledged().map((deposit) => ({ ...deposit, place: `/records/${deposit.digest}` })),
      ...acknowledgedEvents().map((event) => ({ ...event, place: `/events/${event.digest}` })),
    ]
    for (const { digest, place, acknowledged: answer } of answered) {
      const { proof = '', logIndex } = answer ?? {}
      assert.equal(String(await bytesAt(`${place}/proof`)), proof)
      assert.equal(await log.assertProves(proof, digest), logIndex)
    }
  })

  it('has a log that extends every checkpoint that anybody saw', async () => {
    for (const note of checkpoints) await log.assertExtends(note)
  })

  it('has a log without an entry twice, in which each record has its place', async () => {
    const entries = await log.entries()
    assert.equal(new Set(entries).size, entries.length)
    for (const { digest, logIndex } of listed) {
      assert.ok(entries[logIndex]?.includes(digest.slice('sha256:'.length)))
    }
    assert.equal(new Set(listed.map((item) => item.digest)).size, listed.length)
  })

  it('has a receipt, all blobs and a bundle of every record it lists', async () => {
    for (const { digest, logIndex } of listed) {
      const receipt = parseReceipt(await bytesAt(`/records/${digest}/receipt`))
      assert.equal(receipt.log.index, logIndex)
      const { texts } = depositOf(digest)
      for (const text of texts) {
        assert.equal(String(await bytesAt(`/blobs/${digestOfText(text)}`)), text)
      }
      const bundle = await fetch(`${url}/records/${digest}/bundle.tar`, { method: 'HEAD' })
      assert.equal(bundle.status, 200)
    }
  })

  it('shows nothing of a record that it did not accept', async () => {
    const accepted = new Set(listed.map((item) => item.digest))
    for (const { digest } of deposits.filter((deposit) => !accepted.has(deposit.digest))) {
      for (const path of ['', '/record.json', '/receipt', '/bundle.tar']) {
        const answer = await fetch(`${url}/records/${digest}${path}`)
        await answer.arrayBuffer()
        assert.equal(answer.status, 404)
      }
    }
  })

  it('has no receipt of a record that is not in the log', async () => {
    const files = await filesIn(join(data.path, 'blobs/records'))
    const receipts = files.filter((file) => file.endsWith('.receipt.jws'))
    const digests = receipts.map((file) => `sha256:${basename(file, '.receipt.jws')}`)
    assert.deepEqual(new Set(digests), new Set(listed.map((item) => item.digest)))
  })

  it('has only whole blobs, and nothing unfinished', async () => {
    const blobs = join(data.path, 'blobs/blobs/sha256')
    for (const file of await filesIn(blobs)) {
      assert.equal(await hexOfFile(join(blobs, file)), basename(file))
    }
    assert.deepEqual(await readdir(join(data.path, 'blobs/incoming')), [])
  })
})

async function depositAndKill(): Promise<void> {
  let answersUntilKill = someAnswers()
  let killing = Promise.resolve()
  const onAcknowledged = () => {
    answersUntilKill -= 1
    if (answersUntilKill !== 0) return
    killing = service.kill(30).then(() => {
      answersUntilKill = someAnswers()
    })
  }
  const authorization = await firstBearer(data.path)
  await depositAll(deposits, clients, { url: () => service.url(), authorization, onAcknowledged })
  await killing
}

function someAnswers(): number {
  return 1 + Math.floor(Math.random() * mostAnswersBetweenKills)
}

function acknowledged(): readonly Deposit[] {
  return deposits.filter((deposit) => deposit.acknowledged !== undefined)
}

function acknowledgedEvents(): readonly Statement[] {
  return deposits.map(({ event }) => event).filter((event) => event.acknowledged !== undefined)
}

function depositOf(digest: string): Deposit {
  const deposit = deposits.find((candidate) => candidate.digest === digest)
  assert.ok(deposit, `nobody deposited ${digest}`)
  return deposit
}

interface ListedRecord {
  readonly digest: string
  readonly logIndex: number
}

async function listAll(): Promise<ListedRecord[]> {
  const found: ListedRecord[] = []
  for (let query = 'limit=100'; query !== '';) {
    const page = parsePage(await bytesAt(`/records?${query}`))
    found.push(...page.items)
    query = page.next === null ? '' : `limit=100&cursor=${page.next}`
  }
  return found.toReversed()
}

function parsePage(bytes: Buffer): { items: ListedRecord[]; next: string | null } {
  return JSON.parse(String(bytes))
}

function parseReceipt(bytes: Buffer): { log: { index: number } } {
  const { payload } = JSON.parse(String(bytes))
  return JSON.parse(Buffer.from(payload, 'base64url').toString())
}

async function bytesAt(path: string): Promise<Buffer> {
  const answer = await fetch(url + path, { headers: { accept: 'application/json, */*;q=0.1' } })
  const bytes = Buffer.from(await answer.arrayBuffer())
  assert.equal(answer.status, 200, `${path}: ${String(bytes.subarray(0, 200))}`)
  return bytes
}

async function hexOfFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(file)) hash.update(piece)
  return hash.digest('hex')
}
