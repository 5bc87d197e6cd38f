import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { checkpointText, filesOfLog, leafHashOf, rootOf, signedNote } from './static-log.ts'
import { entriesOfVectors, vectors } from './tlog-vectors.ts'

describe('the log that the Go client is tried on is that of the vectors', () => {
  for (const tree of vectors.trees) {
    it(`with ${tree.size} entries`, () => {
      const entries = entriesOfVectors(tree.size)
      assert.equal(rootOf(entries.map(leafHashOf)).toString('hex'), tree.rootHex)
      assert.equal(digestOfFiles(filesOfLog(entries)), tree.resourcesDigestSha256)
    })
  }

  for (const { signed, size } of [vectors.emptyCheckpoint, vectors.checkpoint]) {
    it(`with the signed checkpoint of ${size} entries`, () => {
      const text = checkpointText(vectors.key.name, entriesOfVectors(size))
      assert.equal(signedNote(text, vectors.key), signed)
    })
  }
})

/** The `resourcesDigestRule` of the vectors. */
function digestOfFiles(files: ReadonlyMap<string, Buffer>): string {
  const lines = [...files.keys()].sort().map((name) => {
    const sha256 = createHash('sha256')
      .update(files.get(name) ?? '')
      .digest('hex')
    return `${sha256}  ${name}\n`
  })
  return createHash('sha256').update(lines.join('')).digest('hex')
}
