import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resourcesDigest } from '../log/log-by-definition.ts'
import { vectors } from '../log/vectors.ts'
import {
  checkpointText,
  entriesOfVectors,
  filesOfLog,
  leafHashOf,
  rootOf,
  signedNote,
} from './static-log.ts'

describe('the log that the Go client is tried on is that of the vectors', () => {
  for (const tree of vectors.trees) {
    it(`with ${tree.size} entries`, () => {
      const entries = entriesOfVectors(tree.size)
      assert.equal(rootOf(entries.map(leafHashOf)).toString('hex'), tree.rootHex)
      assert.equal(resourcesDigest(filesOfLog(entries)), tree.resourcesDigestSha256)
    })
  }

  for (const { signed, size } of [vectors.emptyCheckpoint, vectors.checkpoint]) {
    it(`with the signed checkpoint of ${size} entries`, () => {
      const text = checkpointText(vectors.key.name, entriesOfVectors(size))
      assert.equal(signedNote(text, vectors.key), signed)
    })
  }
})
