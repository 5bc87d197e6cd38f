import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { findCosignature } from '../../src/log/cosignature.ts'
import { parseNote, parseVerifierKey, verifyNote } from '../../src/log/note.ts'
import { logVerifier } from '../log/signing-keys.ts'
import { vectors } from '../log/vectors.ts'
import {
  checkpointOfSize,
  forkOfSize,
  noteOf,
  proofLines,
  requestOf,
  textOfSize,
} from '../log/witness-requests.ts'
import { RawConnection } from '../http/raw-connection.ts'
import { temporaryData } from './temporary-data.ts'
import { startWitnessUnderTest, witnessName, type WitnessUnderTest } from './witness-under-test.ts'

describe('A witness cosigns', () => {
  it('the first checkpoint it sees of a log', async () => {
    await using witness = await freshWitness()
    const { status, text } = await witness.addCheckpoint(await requestOf(0, 5))
    assert.equal(status, 200)
    await assertCosigned(witness, noteOf(textOfSize(5), text))
    assert.ok((findCosignature(text)?.time ?? 0) > 0)
  })

  it('every checkpoint that extends the one before', async () => {
    await using witness = await freshWitness()
    for (const [oldSize, newSize] of [
      [0, 1],
      [1, 255],
      [255, 256],
      [256, 257],
      [257, 65_537],
    ] as const) {
      const { status, text } = await witness.addCheckpoint(await requestOf(oldSize, newSize))
      assert.equal(status, 200, text)
      await assertCosigned(witness, noteOf(textOfSize(newSize), text))
    }
  })

  it('the empty log', async () => {
    await using witness = await freshWitness()
    const empty = `old 0\n\n${vectors.emptyCheckpoint.signed}`
    assert.equal((await witness.addCheckpoint(empty)).status, 200)
    assert.equal((await witness.addCheckpoint(await requestOf(0, 3))).status, 200)
  })

  it('the same checkpoint again', async () => {
    await using witness = await freshWitness()
    await witness.addCheckpoint(await requestOf(0, 5))
    const { status, text } = await witness.addCheckpoint(await requestOf(5, 5))
    assert.equal(status, 200)
    await assertCosigned(witness, noteOf(textOfSize(5), text))
  })

  it('a checkpoint with lines of keys that it does not know, and keeps none of them', async () => {
    await using witness = await freshWitness()
    const { status } = await witness.addCheckpoint(`old 0\n\n${vectors.cosignedCheckpoint.signed}`)
    assert.equal(status, 200)
    const { signatures } = parseNote((await witness.lastCheckpoint()).text)
    assert.deepEqual(
      signatures.map(({ name }) => name),
      [vectors.key.name, witnessName],
    )
  })

  it('one of many that arrive at once, and refuses the others', async () => {
    await using witness = await freshWitness()
    const bodies = await Promise.all(Array.from({ length: 20 }, (_, at) => requestOf(0, at + 1)))
    const answers = await Promise.all(bodies.map((body) => witness.addCheckpoint(body)))
    const counts = Object.groupBy(answers, ({ status }) => status)
    assert.deepEqual([counts[200]?.length, counts[409]?.length], [1, 19])
  })
})

describe('A witness that has cosigned five entries', () => {
  let witness: WitnessUnderTest
  let cosigned: string

  before(async () => {
    witness = await freshWitness()
    await witness.addCheckpoint(await requestOf(0, 5))
    cosigned = (await witness.lastCheckpoint()).text
  })
  after(() => witness[Symbol.asyncDispose]())

  const foreign = () => noteOf(textOfSize(7), '— elsewhere.example/log AAAAAAAAAAA=\n')
  const refused: Readonly<Record<string, readonly [number, () => Promise<string> | string]>> = {
    'of another log': [404, async () => (await requestOf(5, 7)).replace(vectors.key.name, 'x/log')],
    'that nobody has signed whom it knows': [403, () => `old 5\n\n${foreign()}`],
    'with a bad signature of the log': [
      403,
      async () => (await requestOf(5, 7)).replace(/\n7\n/, '\n8\n'),
    ],
    'with a good and a bad signature of the log': [
      403,
      async () => {
        const [bad] = parseNote(await checkpointOfSize(8)).signatures
        return (await requestOf(5, 7)) + (bad?.line ?? '')
      },
    ],
    'that is older than its proof': [400, async () => `old 5\n\n${await checkpointOfSize(4)}`],
    'that is none': [400, () => 'old 5\n\nno checkpoint\n'],
    'with a wrong proof': [
      422,
      async () => `old 5\n${await proofLines(4, 7)}\n${await checkpointOfSize(7)}`,
    ],
    'with no proof': [422, async () => `old 5\n\n${await checkpointOfSize(7)}`],
    'of another tree of the same size': [422, async () => `old 5\n\n${await forkOfSize(5)}`],
    'of another tree that is larger': [
      422,
      async () => `old 5\n${await proofLines(5, 7)}\n${await forkOfSize(7)}`,
    ],
    'of no entries, with the root of some': [
      422,
      async () => `old 0\n\n${(await checkpointOfSize(5)).replace('\n5\n', '\n0\n')}`,
    ],
  }

  for (const [what, [expected, body]] of Object.entries(refused)) {
    it(`refuses a checkpoint ${what} with ${expected}`, async () => {
      const { status, text } = await witness.addCheckpoint(await body())
      assert.equal(status, expected, text)
      assert.equal((await witness.lastCheckpoint()).text, cosigned)
    })
  }

  for (const oldSize of [0, 4, 6]) {
    it(`says where it is to who begins at ${oldSize}`, async () => {
      const answer = await witness.addCheckpoint(await requestOf(oldSize, 7))
      assert.deepEqual(answer, { status: 409, type: 'text/x.tlog.size', text: '5\n' })
    })
  }

  it('keeps both checkpoints as evidence when the log has signed two of one size', async () => {
    const fork = await forkOfSize(5)
    await witness.addCheckpoint(`old 5\n\n${fork}`)
    const [evidence] = witness
      .log()
      .split('\n')
      .filter((line) => line.includes('"forked"'))
    assert.equal(JSON.parse(evidence ?? '{}').shown, fork)
    assert.equal(JSON.parse(evidence ?? '{}').cosigned, cosigned)
  })

  it('gives it to monitors, with the line of the log and its own', async () => {
    const { status, type, text } = await witness.lastCheckpoint()
    assert.deepEqual([status, type], [200, 'text/plain; charset=utf-8'])
    const { verified } = await verifyNote(text, [logVerifier, await parseVerifierKey(witness.vkey)])
    assert.equal(verified.length, 2)
  })

  it('says on its front page who it is and what it has seen', async () => {
    const page = await (await fetch(witness.url)).text()
    assert.ok(page.includes(witness.vkey))
    assert.match(page, /registry\.example\/vectors\n +5 entries, cosigned \d{4}-\d\d-\d\dT/)
  })

  it('has nothing elsewhere, and takes no other methods', async () => {
    const statuses = await Promise.all([
      statusOf('GET', `${witness.url}/${'0'.repeat(64)}/checkpoint`),
      statusOf('GET', `${witness.url}/nowhere`),
      statusOf('GET', `${witness.url}/add-checkpoint`),
      statusOf('POST', `${witness.url}/`),
      statusOf('HEAD', `${witness.url}/`),
    ])
    assert.deepEqual(statuses, [404, 404, 405, 405, 200])
  })

  it('takes no more than 64 KiB', async () => {
    const { status } = await witness.addCheckpoint(Buffer.alloc(64 * 1024 + 1, 'x'))
    assert.equal(status, 413)
  })

  it('takes no bytes for text that are none', async () => {
    const body = Buffer.from(await requestOf(5, 7))
    body[body.length - 3] = 0xff
    assert.equal((await witness.addCheckpoint(body)).status, 400)
  })
})

describe('A witness', () => {
  it('does not wait for who sends no more', async () => {
    await using data = await temporaryData()
    await using witness = await startWitnessUnderTest(data.path, { requestMs: 100 })
    const head = 'POST /add-checkpoint HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nold 0\n'
    const connection = await RawConnection.open(witness.port)
    await connection.send(head)
    assert.match(await connection.answer(), /^HTTP\/1\.1 408 /)
  })

  it('does not know a log by its signature, but by its name', async () => {
    await using data = await temporaryData()
    const logs = [{ origin: 'x/log', verifiers: [logVerifier], url: undefined }]
    await using witness = await startWitnessUnderTest(data.path, { logs })
    assert.equal((await witness.addCheckpoint(await requestOf(0, 5))).status, 404)
  })
})

async function freshWitness(): Promise<WitnessUnderTest> {
  await using stack = new AsyncDisposableStack()
  const data = stack.use(await temporaryData())
  const witness = stack.use(await startWitnessUnderTest(data.path))
  const all = stack.move()
  return { ...witness, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

async function assertCosigned({ vkey }: WitnessUnderTest, note: string): Promise<void> {
  const { verified, failed } = await verifyNote(note, [await parseVerifierKey(vkey)])
  assert.deepEqual([verified.length, failed.length], [1, 0])
}

async function statusOf(method: string, url: string): Promise<number> {
  return (await fetch(url, { method })).status
}
