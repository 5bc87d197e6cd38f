import assert from 'node:assert/strict'
import { readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readFileRange } from '../../src/vault/read-file-range.ts'
import { temporaryDirectory } from './temporary-vault.ts'

const pieceByteLength = 1024 * 1024

describe('A file that ends too early', () => {
  it('fails the reader when it asks for more, and nobody before that', async () => {
    const file = join(await temporaryDirectory(), 'file')
    await writeFile(file, Buffer.alloc(pieceByteLength))
    const range = { start: 0, endExclusive: 2 * pieceByteLength }
    const pieces = readFileRange(file, range)[Symbol.asyncIterator]()
    await pieces.next()
    // A slow reader: by now the next piece was asked for, and nobody waits for it.
    await readFile(file)
    await assert.rejects(pieces.next(), /a stored file ends at 1048576/)
  })

  it('fails the reader also when it was cut while it was read', async () => {
    const file = join(await temporaryDirectory(), 'file')
    const byteLength = 4 * pieceByteLength
    await writeFile(file, Buffer.alloc(byteLength))
    const pieces = readFileRange(file, { start: 0, endExclusive: byteLength })
    const received = Array.fromAsync(pieces, () => truncate(file, 0))
    await assert.rejects(received, /a stored file ends at/)
  })
})
