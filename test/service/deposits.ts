import BetterSqlite3 from 'better-sqlite3'
import assert from 'node:assert/strict'
import { join } from 'node:path'
import request from 'supertest'
import { leafHashOf } from '../../src/log/leaf.ts'
import { receiveBytes } from '../http/received-answer.ts'
import type { RegistryUnderTest } from '../http/registry-under-test.ts'
import { minimalRun } from '../record-fixtures.ts'
import { startedRegistry } from './key-changes.ts'

/** A record that was accepted. */
export interface Deposited {
  readonly digest: string
  readonly proof: string
  /** Thumbprint of the key that signed the receipt. */
  readonly kid: string
}

export async function deposit(registry: RegistryUnderTest, title: string): Promise<Deposited> {
  const answer = await request(registry.app)
    .post('/records')
    .set('authorization', registry.bearer)
    .send(minimalRun({ title }))
  assert.equal(answer.status, 201)
  const { digest, proof, receipt } = answer.body
  const { kid } = JSON.parse(Buffer.from(receipt.protected, 'base64url').toString())
  return { digest, proof, kid }
}

/** Starts a registry, deposits a record of its own, and stops it. */
export async function depositAndStop(
  directory: string,
): Promise<Deposited & { readonly bundle: string }> {
  await using registry = await startedRegistry(directory)
  const made = await deposit(registry, `Deposited at ${process.hrtime.bigint()}`)
  return { ...made, bundle: await bundleOf(registry, made.digest) }
}

export async function bundleOf({ app }: RegistryUnderTest, digest: string): Promise<string> {
  const answer = await request(app)
    .get(`/records/${digest}/bundle.tar?profile=thin`)
    .buffer(true)
    .parse(receiveBytes)
  assert.equal(answer.status, 200)
  return String(answer.body)
}

/** Appends entries that nobody has published yet, as a crash can leave them. */
export async function appendEntries(directory: string, count: number): Promise<void> {
  const leaf = Buffer.from('{}')
  const leafHash = await leafHashOf(leaf)
  const database = new BetterSqlite3(join(directory, 'catalog.sqlite'))
  database
    .prepare(
      `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
       INSERT INTO log_entry (log_index, kind, leaf, leaf_hash)
       SELECT (SELECT max(log_index) + 1 FROM log_entry) + i, 'renewal', ?, ? FROM n`,
    )
    .run(count, leaf, leafHash)
  database.close()
}
