import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { minimalPlan } from './record-fixtures.ts'
import { openThrowawayRegistry, type ThrowawayRegistry } from './throwaway-registry.ts'

const folder = path.join(import.meta.dirname, 'data/spack-locks')
const names = globSync('*.spack.lock', { cwd: folder }).sort()

describe('real lockfiles, deposited as blobs of records over HTTP', () => {
  let registry: ThrowawayRegistry
  before(async () => {
    registry = await openThrowawayRegistry()
  })
  after(() => registry[Symbol.asyncDispose]())

  it('are seventeen', () => {
    assert.equal(names.length, 17)
  })

  for (const name of names) {
    it(`${name} comes back byte for byte, and its record too`, async () => {
      const bytes = readFileSync(path.join(folder, name))
      const digest = await registry.putBlob(bytes)

      const answer = await registry.deposit(recordWithLock(name, digest, bytes))

      assert.equal(answer.status, 201, answer.text)
      assert.ok(bytes.equals(await registry.getBlob(digest)))
      const record = await registry.getRecord(answer.body.digest)
      assert.equal(JSON.parse(record.toString()).plan.environments[0].lock.digest, digest)
    })
  }
})

function recordWithLock(name: string, digest: string, bytes: Buffer): object {
  const { _meta: meta } = JSON.parse(bytes.toString())
  return minimalPlan({
    title: `The environment of ${name}`,
    plan: {
      environments: [
        {
          id: 'spack',
          kind: 'spack',
          lock: { digest, size: bytes.length, mediaType: 'application/json' },
          lockVersion: meta['lockfile-version'],
        },
      ],
      stages: [{ id: 'install', kind: 'install', environment: 'spack' }],
    },
  })
}
