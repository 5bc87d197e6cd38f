import assert from 'node:assert/strict'
import path from 'node:path'
import { before, describe, it } from 'node:test'
import { generateKeyPair } from 'jose'
import { checkpointText } from '../../src/log/checkpoint.ts'
import { encodeEntryBundle } from '../../src/log/entry-bundle.ts'
import { GrowingTree } from '../../src/log/growing-tree.ts'
import {
  ed25519NoteSigner,
  signatureTypes,
  signNote,
  verifierKeyOf,
  type NoteSigner,
} from '../../src/log/note.ts'
import { tilePath, tilesOfSize } from '../../src/log/tile.ts'
import { temporaryDirectory } from '../bundle/programs.ts'
import { entries, leafHashes, quickSha256 } from '../log/log-by-definition.ts'
import { serveLog, writeLogFile } from './static-log.ts'
import { requireTlogClient, runTlogClient } from './tlog-client.ts'

const origin = 'registry.example.org/log'
const sizes = [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 65_539]
const steps = sizes.slice(1).map((after, index) => [sizes[index] ?? 0, after] as const)

describe('A tlog client in Go follows a log that src/log made', requireTlogClient(), () => {
  let signer: NoteSigner
  let vkey: string

  before(async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey))
    signer = await ed25519NoteSigner(origin, privateKey, raw)
    vkey = await verifierKeyOf(origin, signatureTypes.ed25519, raw)
  })

  for (const [before, after] of steps) {
    it(`from ${before} to ${after} entries`, async () => {
      await using directory = await temporaryDirectory()
      await using log = await serveLog(path.join(directory.path, 'log'))
      const state = path.join(directory.path, 'state')
      const publish = publisherInto(path.join(directory.path, 'log'), signer)
      const tree = await publish(GrowingTree.empty(quickSha256), before)
      const first = await runTlogClient({ vkeys: [vkey], url: log.url, state })
      await publish(tree, after)
      const second = await runTlogClient({ vkeys: [vkey], url: log.url, state, entries: true })
      assert.deepEqual([first.stderr, second.stderr], ['', ''])
      assert.equal(second.report?.origin, origin)
      assert.deepEqual([second.report.sizeBefore, second.report.entries], [before, after])
    })
  }
})

/** Publishes the entries that a tree lacks: only the files that are new, the checkpoint last. */
function publisherInto(directory: string, signer: NoteSigner) {
  return async (tree: GrowingTree, size: number): Promise<GrowingTree> => {
    const growth = tree.grow(leafHashes.slice(tree.size, size))
    for (const { name, bytes } of growth.tiles) {
      await writeLogFile(directory, tilePath(name), bytes)
    }
    for (const name of newBundles(tree.size, size)) {
      const start = name.index * 256
      const bundle = encodeEntryBundle(entries.slice(start, start + name.width))
      await writeLogFile(directory, tilePath(name), bundle)
    }
    const text = checkpointText({ origin, size, root: growth.tree.root() })
    await writeLogFile(directory, 'checkpoint', await signNote(text, [signer]))
    return growth.tree
  }
}

function newBundles(before: number, after: number) {
  return tilesOfSize(after).filter(
    ({ kind, index }) => kind === 'entries' && index >= Math.floor(before / 256),
  )
}
