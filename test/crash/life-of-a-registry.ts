import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import request from 'supertest'
import { z } from 'zod'
import { parseProofFile, type ProofFile } from '../../src/log/proof-file.ts'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { digestOf } from '../../src/record/digest.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { startServer } from '../../src/service/server.ts'
import { makeToken } from '../../src/service/tokens.ts'
import type { OpenRegistry } from '../../src/service/wire.ts'
import { inCatalog, openIn } from '../publication/damaged-data.ts'
import { LogReader } from '../publication/log-reader.ts'
import { stateEvent } from '../record-event-fixtures.ts'
import { minimalRun } from '../record-fixtures.ts'
import { Died, type MortalStores } from './mortal-stores.ts'

interface Statement {
  readonly path: string
  readonly document: JsonObject
}

const { text, token } = makeToken({ project: '*', days: 1, now: new Date() })
const first = recordOf('First')
const about = await digestOf(canonicalBytes(first.document))
const event: Statement = { path: `/records/${about}/events`, document: stateEvent(about) }
/** What is sent together; and what is sent when that was answered. */
const rounds = [[first, recordOf('Second')], [event, recordOf('Third')], [recordOf('Fourth')]]

/** What the world saw of a registry until it was gone. */
export interface Seen {
  /** Texts of published checkpoints. */
  readonly checkpoints: Set<string>
  /** Answers to what was accepted. */
  readonly accepted: Map<Statement, JsonObject>
}

const Answer = z.object({
  digest: z.string(),
  logIndex: z.number(),
  receipt: z.record(z.string(), z.json()),
  proof: z.string(),
})

/** Uses a registry in a directory until it dies, or nothing is left to do. */
export async function useUntilDeath(directory: string, stores: MortalStores): Promise<Seen> {
  const seen: Seen = { checkpoints: new Set(), accepted: new Map() }
  try {
    await using registry = await openIn(directory, {}, stores.options)
    await letIn(registry)
    for (const round of rounds) {
      await Promise.all(round.map((statement) => sendAndNote(statement, registry, seen)))
      await noteCheckpoint(directory, seen)
    }
  } catch (error) {
    if (!(error instanceof Died)) throw error
  }
  await noteCheckpoint(directory, seen)
  return seen
}

/** Fails unless a registry goes on from everything that it signed, published and answered. */
export async function assertIntact(directory: string, seen: Seen): Promise<void> {
  const signed = notesIn(directory)
  await using registry = await openIn(directory)
  await letIn(registry)
  const server = await startServer(registry, { host: '127.0.0.1', port: 0 })
  try {
    const log = await LogReader.of(`http://127.0.0.1:${server.port}`)
    const notes = [...signed, ...seen.checkpoints]
    for (const note of notes) await log.assertExtends(note)
    assert.deepEqual(await log.entries(), leavesIn(directory))
    for (const [statement, answer] of seen.accepted) {
      const again = await send(statement, registry)
      assert.deepEqual([again.status, again.body], [200, answer])
    }
    for (const statement of rounds.flat()) {
      const { index, checkpoint } = await assertAccepted(statement, registry, log)
      assert.equal(checkpoint, firstNoteCovering(index, directory))
    }
    for (const note of notes) await log.assertExtends(note)
    assert.deepEqual(subjectsIn(directory).toSorted(), [...new Set(subjectsIn(directory))].sort())
  } finally {
    await server.stop()
  }
}

async function assertAccepted(
  statement: Statement,
  registry: OpenRegistry,
  log: LogReader,
): Promise<ProofFile> {
  const { status, body } = await send(statement, registry)
  assert.ok(status === 200 || status === 201, `${statement.path}: ${status}`)
  const { digest, logIndex, proof, receipt } = Answer.parse(body)
  assert.equal(await log.assertProves(proof, digest), logIndex)
  const place = statement === event ? `/events/${digest}` : `/records/${digest}`
  const { app } = registry
  assert.equal((await request(app).get(`${place}/proof`)).text, proof)
  const kept = await request(app).get(`${place}/receipt`).buffer(true).responseType('blob')
  assert.equal(String(kept.body), JSON.stringify(receipt))
  return parseProofFile(proof)
}

async function sendAndNote(
  statement: Statement,
  registry: OpenRegistry,
  { accepted }: Seen,
): Promise<void> {
  const { status, body } = await send(statement, registry)
  if (status === 201) accepted.set(statement, body)
}

function send({ path, document }: Statement, { app }: OpenRegistry): request.Test {
  return request(app).post(path).set('authorization', `Bearer ${text}`).send(document)
}

async function letIn({ accessList }: OpenRegistry): Promise<void> {
  const tokens = await accessList.listTokens()
  if (tokens.every(({ id }) => id !== token.id)) await accessList.addToken(token)
}

function recordOf(title: string): Statement {
  return { path: '/records', document: minimalRun({ title }) }
}

async function noteCheckpoint(directory: string, { checkpoints }: Seen): Promise<void> {
  const file = join(directory, 'blobs/log/checkpoint')
  const note = await readFile(file, 'utf8').catch(() => undefined)
  if (note !== undefined) checkpoints.add(note)
}

function notesIn(directory: string): string[] {
  return columnIn(directory, 'SELECT note FROM checkpoint')
}

// A bundle has this checkpoint beside the proof.
function firstNoteCovering(index: number, directory: string): string | undefined {
  const query = `SELECT note FROM checkpoint WHERE size > ${index} ORDER BY size LIMIT 1`
  return columnIn(directory, query)[0]
}

function leavesIn(directory: string): string[] {
  return columnIn(directory, 'SELECT leaf FROM log_entry ORDER BY log_index')
}

function subjectsIn(directory: string): string[] {
  return columnIn(directory, 'SELECT subject FROM log_entry WHERE subject IS NOT NULL')
}

function columnIn(directory: string, query: string): string[] {
  return inCatalog(directory, (database) => database.prepare(query).pluck().all().map(String))
}
