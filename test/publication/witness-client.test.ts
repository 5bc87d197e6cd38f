import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseVerifierKey, parseNote } from '../../src/log/note.ts'
import { WitnessClient, WitnessContradicts } from '../../src/publication/witness-client.ts'
import { vectors } from '../log/vectors.ts'
import { checkpointOfSize, noteOf, textOfSize } from '../log/witness-requests.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { startWitnessUnderTest } from '../service/witness-under-test.ts'
import { LogOfVectors } from './log-of-vectors.ts'
import {
  answers,
  clientOf,
  cosigns,
  inTurn,
  isAt,
  lineFor,
  serveScript,
  type Script,
} from './scripted-witness.ts'

const patience = () => AbortSignal.timeout(20_000)
const { oldSize, newSize, body: requestOfVectors } = vectors.addCheckpointRequest
const otherLine = '— elsewhere.example/w AAAAAAAAAAA=\n'

describe('A log asks a witness', () => {
  it('first without a proof', async () => {
    const log = await LogOfVectors.ofSize(5)
    await using witness = await serveScript(cosigns)
    const cosigned = await clientOf(log, witness.url).cosignNewest(patience())
    const checkpoint = await checkpointOfSize(5)
    assert.deepEqual(witness.bodies, [`old 0\n\n${checkpoint}`])
    const line = await lineFor(checkpoint)
    assert.deepEqual(cosigned, { text: textOfSize(5), size: 5, line })
  })

  it('again from the size that the witness names, byte for byte as in the vectors', async () => {
    const log = await LogOfVectors.ofSize(newSize)
    await using witness = await serveScript(inTurn(isAt(oldSize), cosigns))
    const cosigned = await clientOf(log, witness.url).cosignNewest(patience())
    assert.equal(witness.bodies[1], requestOfVectors)
    assert.equal(cosigned?.size, newSize)
  })

  it('from the size at which it was cosigned, when the log has grown', async () => {
    const log = await LogOfVectors.ofSize(oldSize)
    await using witness = await serveScript(cosigns)
    const client = clientOf(log, witness.url)
    await client.cosignNewest(patience())
    await log.grow(newSize)
    await client.cosignNewest(patience())
    assert.equal(witness.bodies[1], requestOfVectors)
  })

  it('from the published size, when its line stands there already', async () => {
    const log = await LogOfVectors.ofSize(newSize)
    log.replaceCheckpoint(vectors.cosignedCheckpoint.signed)
    await using witness = await serveScript(cosigns)
    await clientOf(log, witness.url).cosignNewest(patience())
    assert.deepEqual(witness.bodies, [`old ${newSize}\n\n${vectors.checkpoint.signed}`])
  })

  it('nothing that it has answered', async () => {
    const log = await LogOfVectors.ofSize(5)
    await using witness = await serveScript(cosigns)
    const client = clientOf(log, witness.url)
    const first = await client.cosignNewest(patience())
    assert.equal(await client.cosignNewest(patience()), first)
    assert.equal(witness.bodies.length, 1)
  })

  it('without the lines of others', async () => {
    const log = await LogOfVectors.ofSize(5)
    log.replaceCheckpoint((await checkpointOfSize(5)) + otherLine)
    await using witness = await serveScript(cosigns)
    await clientOf(log, witness.url).cosignNewest(patience())
    assert.deepEqual(witness.bodies, [`old 0\n\n${await checkpointOfSize(5)}`])
  })

  it('with hashes of full tiles, when the partial ones went meanwhile', async () => {
    const log = await LogOfVectors.ofSize(300)
    log.growTiles(512)
    await using witness = await serveScript(inTurn(isAt(260), cosigns))
    const cosigned = await clientOf(log, witness.url).cosignNewest(patience())
    assert.equal(cosigned?.size, 300)
  })

  it('that follows the protocol, at every step of its growth', async () => {
    await using data = await temporaryData()
    await using witness = await startWitnessUnderTest(data.path)
    const log = await LogOfVectors.ofSize(1)
    const verifier = await parseVerifierKey(witness.vkey)
    const client = new WitnessClient({ witness: { verifier, url: witness.url }, log, fetch })
    for (const size of [1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_539]) {
      await log.grow(size)
      const cosigned = await client.cosignNewest(patience())
      const [, line] = parseNote((await witness.lastCheckpoint()).text).signatures
      assert.deepEqual(cosigned, { text: textOfSize(size), size, line: line?.line })
    }
  })
})

describe('A witness is not believed', () => {
  const isForged: Script = async () => ({ body: await lineFor(await checkpointOfSize(6)) })
  const bad: Readonly<Record<string, readonly [Script, RegExp]>> = {
    'that signs another checkpoint': [isForged, /found a cosignature that is not its own/],
    'that brings the line of another': [answers({ body: otherLine }), /no line of its key/],
    'that brings a good line and a forged one': [
      async () => ({
        body:
          (await lineFor(await checkpointOfSize(5))) + (await lineFor(await checkpointOfSize(6))),
      }),
      /found a cosignature that is not its own/,
    ],
    'that signs without a time': [
      async () => ({ body: await lineFor(await checkpointOfSize(5), 0) }),
      /no line of its key/,
    ],
    'that brings another text to sign': [
      async () => ({
        body: `more\n\n${await lineFor(noteOf(`${textOfSize(5)}\nmore\n`, otherLine))}`,
      }),
      /found a note with a torn text/,
    ],
    'that says nothing': [answers({}), /found a note with 0 signatures/],
    'that says too much': [answers({ body: otherLine.repeat(2000) }), /found over 65536 bytes/],
    'that knows no such log': [answers({ status: 404, body: 'no\n' }), /found status 404 \("no"\)/],
    'that fails': [answers({ status: 503 }), /found status 503/],
    'that refuses a first checkpoint': [answers({ status: 422 }), /found status 422/],
    'that names another one': [
      answers({ status: 307, headers: { location: 'http://127.0.0.1:9/' } }),
      /found status 307/,
    ],
    'that names a size without saying so': [
      answers({ status: 409, headers: { 'content-type': 'text/plain' }, body: '9\n' }),
      /found status 409/,
    ],
    'that names no size': [
      answers({ status: 409, headers: { 'content-type': 'text/x.tlog.size' }, body: '9' }),
      /found status 409/,
    ],
    'that names another size each time': [
      inTurn(isAt(1), isAt(2), isAt(3), isAt(4)),
      /another size each time/,
    ],
    'that breaks the connection': [async () => undefined, /fetch failed/],
  }

  for (const [what, [script, why]] of Object.entries(bad)) {
    it(what, async () => {
      const log = await LogOfVectors.ofSize(5)
      await using witness = await serveScript(script)
      const asking = clientOf(log, witness.url).cosignNewest(patience())
      await assert.rejects(asking, (error: unknown) => {
        assert.ok(error instanceof Error && !(error instanceof WitnessContradicts))
        assert.match(error.message, why)
        return true
      })
    })
  }

  it('that does not answer in time', async () => {
    const log = await LogOfVectors.ofSize(5)
    await using witness = await serveScript(() => new Promise(() => {}))
    const asking = clientOf(log, witness.url).cosignNewest(AbortSignal.timeout(50))
    await assert.rejects(asking, /aborted due to timeout/)
  })
})

describe('A witness contradicts a log', () => {
  const contradictions: Readonly<Record<string, readonly [Script, RegExp]>> = {
    'when it knows more of it': [isAt(9), /cosigned 9 entries of this log, 5 are published here/],
    'when it knows others of as many': [
      inTurn(isAt(5), answers({ status: 422 })),
      /has cosigned other entries of this log than the first 5/,
    ],
    'when it knows others, and says so as earlier versions of the protocol do': [
      inTurn(isAt(5), isAt(5)),
      /has cosigned other entries of this log than the first 5/,
    ],
    'when it knows others of less': [
      inTurn(isAt(3), answers({ status: 422 })),
      /has cosigned other entries of this log than the first 3/,
    ],
  }

  for (const [when, [script, why]] of Object.entries(contradictions)) {
    it(when, async () => {
      const log = await LogOfVectors.ofSize(5)
      await using witness = await serveScript(script)
      const asking = clientOf(log, witness.url).cosignNewest(patience())
      await assert.rejects(asking, (error: unknown) => {
        assert.ok(error instanceof WitnessContradicts)
        assert.match(error.message, why)
        assert.match(error.message, /old backup/)
        return true
      })
    })
  }

  it('but not when the log was published while it was asked', async () => {
    const log = await LogOfVectors.ofSize(oldSize)
    const grows: Script = async (body) => {
      await log.grow(newSize)
      return isAt(newSize)(body)
    }
    await using witness = await serveScript(inTurn(grows, cosigns))
    const cosigned = await clientOf(log, witness.url).cosignNewest(patience())
    assert.equal(cosigned?.size, newSize)
  })

  it('but not when its own tiles are damaged', async () => {
    const log = await LogOfVectors.ofSize(5)
    const damaged = {
      read: async (path: string) => {
        const bytes = await log.read(path)
        return path === 'checkpoint' ? bytes : bytes?.toReversed()
      },
    }
    await using witness = await serveScript(isAt(3))
    await assert.rejects(
      clientOf(damaged, witness.url).cosignNewest(patience()),
      /the tiles give no proof from 3 to 5 entries/,
    )
  })
})
