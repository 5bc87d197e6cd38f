import assert from 'node:assert/strict'
import request from 'supertest'
import type { JsonObject } from '../../src/record/strict-json.ts'
import type { RegistryUnderTest } from '../http/registry-under-test.ts'
import { leafHashOf, rootOf } from '../interop/static-log.ts'
import { rootByDefinition } from '../log/documents-by-definition.ts'
import { noteEvent, withdrawalEvent } from '../record-event-fixtures.ts'
import { deposit } from './deposits.ts'
import { startedRegistry, withCatalog } from './key-changes.ts'

/** Starts, deposits two records, notes something about one, withdraws the other, and stops. */
export async function fillRegistry(directory: string): Promise<void> {
  await using registry = await startedRegistry(directory)
  const [kept, withdrawn] = [await deposit(registry, 'Kept'), await deposit(registry, 'Withdrawn')]
  await append(registry, kept.digest, noteEvent(kept.digest))
  await append(registry, withdrawn.digest, withdrawalEvent(withdrawn.digest))
}

async function append(
  { app, bearer }: RegistryUnderTest,
  record: string,
  event: JsonObject,
): Promise<void> {
  const post = request(app).post(`/records/${record}/events`).set('authorization', bearer)
  assert.equal((await post.send(event)).status, 201)
}

/** An entry, as its bytes and as JSON has them. */
export interface ReadLeaf {
  readonly bytes: Buffer
  readonly json: { readonly kind: string; readonly spec: Spec }
}

interface Spec {
  readonly record?: { readonly sha512: string; readonly size: number }
  readonly event?: { readonly sha512: string; readonly size: number }
  readonly at?: string
}

/** Entries of the catalog. */
export async function leavesOf(directory: string): Promise<ReadLeaf[]> {
  return withCatalog(directory, async ({ entries }) => {
    const all = await entries.listEntries({ from: 0, limit: 1000 })
    return all.map(({ leaf }) => ({
      bytes: Buffer.from(leaf),
      json: JSON.parse(Buffer.from(leaf).toString()),
    }))
  })
}

/** What has to stand in the renewal at that place, from the definition alone. */
export function renewalByDefinition(leaves: readonly ReadLeaf[], index: number) {
  const before = leaves.slice(0, index)
  const documents = before
    .map(({ json: { kind, spec } }) => (kind === 'deposit' ? spec.record : spec.event))
    .filter((document) => document !== undefined)
    .map(({ sha512, size }) => ({ sha512, byteLength: size }))
  return {
    covers: {
      root: rootOf(before.map(({ bytes }) => leafHashOf(bytes))).toString('hex'),
      size: index,
    },
    sha512: {
      documents: documents.length,
      root: rootByDefinition(documents).toString('hex'),
    },
  }
}

/** Indexes of the renewals. */
export async function renewalsIn(directory: string): Promise<number[]> {
  const leaves = await leavesOf(directory)
  return leaves.flatMap(({ json: { kind } }, index) => (kind === 'renewal' ? [index] : []))
}
