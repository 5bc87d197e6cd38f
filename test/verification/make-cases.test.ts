import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { caseFiles } from './make-cases.ts'
import { fileOfCase } from './written-cases.ts'

const folder = path.join(import.meta.dirname, '../data/verification-cases')

describe('the folder of cases', () => {
  it('has the bytes that its generator makes', () => {
    const differing = [...caseFiles()].filter(([name, bytes]) => !bytesEqual(name, bytes))
    assert.deepEqual(
      Array.from(differing, ([name]) => name),
      [],
    )
  })

  it('has no other files', () => {
    const made = [...caseFiles().keys(), 'README.md', 'files']
    const present = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    assert.deepEqual(present.sort(), made.sort())
  })
})

function bytesEqual(name: string, bytes: Uint8Array): boolean {
  return Buffer.from(fileOfCase(name)).equals(bytes)
}
