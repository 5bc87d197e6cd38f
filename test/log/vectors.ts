import { readFileSync } from 'node:fs'
import path from 'node:path'

interface TestKey {
  readonly name: string
  readonly seedHex: string
  readonly publicKeyHex: string
  readonly keyIdHex: string
  readonly vkey: string
}

/** What test/data/tlog-vectors/README.md describes. */
interface Vectors {
  readonly emptyRootHex: string
  readonly leafPrefix: string
  readonly key: TestKey
  readonly witness: TestKey
  readonly leafHashes: readonly { index: number; dataUtf8: string; leafHashHex: string }[]
  readonly trees: readonly {
    size: number
    rootHex: string
    rootBase64: string
    checkpointText: string
    fullTiles: number
    partialTiles: number
    resourceCount: number
    resourcesDigestSha256: string
    resources: readonly { path: string; bytes: number; sha256: string }[]
  }[]
  readonly inclusion: readonly {
    size: number
    index: number
    leafHashHex: string
    proofHex: readonly string[]
  }[]
  readonly consistency: readonly {
    oldSize: number
    oldRootHex: string
    newSize: number
    newRootHex: string
    proofHex: readonly string[]
  }[]
  readonly tilePaths: readonly {
    level: number
    index: number
    width: number
    path: string
    entriesPath?: string
  }[]
  readonly smallEntryBundle: { size: number; path: string; hex: string }
  readonly checkpoint: { size: number; signed: string }
  readonly emptyCheckpoint: { size: number; signed: string }
  readonly cosignedCheckpoint: {
    timestamp: number
    cosignedMessage: string
    line: string
    signed: string
  }
  readonly tlogProof: { index: number; leafHashHex: string; text: string }
  readonly addCheckpointRequest: { oldSize: number; newSize: number; body: string }
  readonly mustReject: readonly { why: string; noteLayerRejects: boolean; signed: string }[]
  readonly mustAccept: readonly { why: string; signed: string }[]
}

const file = path.join(import.meta.dirname, '../data/tlog-vectors/vectors.json')

export const vectors = parseVectors(readFileSync(file, 'utf8'))

export const bytesOfHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))
export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
export const textBytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function parseVectors(text: string): Vectors {
  return JSON.parse(text) as Vectors
}
