import assert from 'node:assert/strict'
import { createHash, hash } from 'node:crypto'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { CompactRange } from '../../src/log/compact-range.ts'
import { renewalLeaf } from '../../src/log/leaf.ts'
import { documentHash, faultOfRenewal, renewedLogOf } from '../../src/log/renewal.ts'
import {
  documentOf,
  leafByDefinition,
  nodeByDefinition,
  rootByDefinition,
  sha512,
} from './documents-by-definition.ts'

const [a, b, c, d, e] = ['a', 'bb', 'ccc', 'dddd', ''].map((text) => documentOf(text))
const root = new Uint8Array(32).fill(0xab)

function treeOf(documents: readonly ReturnType<typeof documentOf>[]): CompactRange {
  const tree = new CompactRange(sha512)
  for (const document of documents) tree.append(documentHash(document, sha512))
  return tree
}

describe('the tree of documents', () => {
  it('hashes a zero byte, the SHA-512 and the size in eight bytes', () => {
    const document = { sha512: hash('sha512', 'abc'), byteLength: 0x0102030405 }
    const expected = createHash('sha512')
      .update(Buffer.of(0))
      .update(Buffer.from(document.sha512, 'hex'))
      .update(Buffer.of(0, 0, 0, 1, 2, 3, 4, 5))
    assert.equal(
      Buffer.from(documentHash(document, sha512)).toString('hex'),
      expected.digest('hex'),
    )
  })

  it('takes sizes up to the largest that a leaf can say', () => {
    const document = { ...documentOf('a'), byteLength: Number.MAX_SAFE_INTEGER }
    const expected = leafByDefinition(document)
    assert.deepEqual(Buffer.from(documentHash(document, sha512)), expected)
  })

  it('has the root of five documents that is put together by hand', () => {
    assert.ok(a && b && c && d && e)
    const [left, right] = [
      nodeByDefinition(leafByDefinition(a), leafByDefinition(b)),
      nodeByDefinition(leafByDefinition(c), leafByDefinition(d)),
    ]
    const expected = nodeByDefinition(nodeByDefinition(left, right), leafByDefinition(e))
    assert.deepEqual(Buffer.from(treeOf([a, b, c, d, e]).root()), expected)
  })

  it('has the SHA-512 of nothing as the root of no documents', () => {
    // FIPS 180-4 example of the empty message.
    const expected =
      'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce' +
      '47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e'
    assert.equal(renewedLogOf(0, root, treeOf([])).sha512.root, expected)
  })

  it('has the root of the recursive definition for any documents', () => {
    const document = fc.record({
      sha512: fc
        .uint8Array({ minLength: 64, maxLength: 64 })
        .map((bytes) => Buffer.from(bytes).toString('hex')),
      byteLength: fc.maxSafeNat(),
    })
    fc.assert(
      fc.property(fc.array(document, { maxLength: 40 }), (documents) => {
        assert.deepEqual(Buffer.from(treeOf(documents).root()), rootByDefinition(documents))
      }),
    )
  })
})

describe('the leaf of a renewal', () => {
  it('is what docs/format.md, section 6 says, in canonical form', () => {
    assert.ok(a && b)
    const renewed = renewedLogOf(7, root, treeOf([a, b]))
    const leaf = renewalLeaf({ ...renewed, at: '2046-11-22T19:00:00Z' })
    const documents = rootByDefinition([a, b]).toString('hex')
    assert.equal(
      new TextDecoder().decode(leaf),
      '{"apiVersion":"1","kind":"renewal","spec":{"at":"2046-11-22T19:00:00Z",' +
        `"covers":{"root":"${'ab'.repeat(32)}","size":7},` +
        `"sha512":{"documents":2,"root":"${documents}"}}}`,
    )
  })

  it('is right only if every number and hash in it is', () => {
    const right = {
      covers: { size: 7, root: 'a'.repeat(64) },
      sha512: { documents: 2, root: 'b'.repeat(128) },
    }
    const { covers, sha512: documents } = right
    assert.equal(faultOfRenewal(structuredClone(right), right), undefined)
    assert.deepEqual(
      [
        { ...right, covers: { ...covers, size: 6 } },
        { ...right, covers: { ...covers, root: 'c'.repeat(64) } },
        { ...right, sha512: { ...documents, documents: 3 } },
        { ...right, sha512: { ...documents, root: 'c'.repeat(128) } },
      ].map((wrong) => faultOfRenewal(wrong, right)),
      [
        'covers 6 entries, not the 7 before it',
        'has another root of the entries before it than they have',
        'counts 3 records and events before it, and there are 2',
        'has another SHA-512 root of the records and events before it than their entries give',
      ],
    )
  })
})
