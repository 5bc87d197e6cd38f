import { createPrivateKey, hash, sign, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { vectors } from '../log/vectors.ts'

/** A key that signs checkpoints: only for tests, because its seed is known. */
export interface CheckpointKey {
  readonly name: string
  readonly keyIdHex: string
  readonly seedHex: string
}

/** The first entries of the log that the vectors are of. */
export function entriesOfVectors(size: number): Buffer[] {
  return Array.from({ length: size }, (_, index) => Buffer.from(`${vectors.leafPrefix}${index}`))
}

/**
 * The files of a log, by path: what C2SP tlog-tiles says, in the fewest lines and
 * with nothing of `src/log`, so that neither can hide a mistake of the other. For
 * fewer than 256 million entries.
 */
export function filesOfLog(entries: readonly Buffer[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (const [index, bundle] of inGroups(entries).entries()) {
    files.set(pathOf('entries', index, bundle.length), Buffer.concat(bundle.flatMap(withLength)))
  }
  let hashes = entries.map(leafHashOf)
  for (let level = 0; hashes.length > 0; level += 1) {
    const tiles = inGroups(hashes)
    for (const [index, tile] of tiles.entries()) {
      files.set(pathOf(String(level), index, tile.length), Buffer.concat(tile))
    }
    hashes = tiles.filter((tile) => tile.length === 256).map(rootOf)
  }
  return files
}

/** Root of the tree of these leaf hashes; RFC 9162, section 2.1.1. */
export function rootOf(leafHashes: readonly Buffer[]): Buffer {
  const [first] = leafHashes
  if (first === undefined) return sha256(Buffer.alloc(0))
  if (leafHashes.length === 1) return first
  let left = 1
  while (left * 2 < leafHashes.length) left *= 2
  const halves = [rootOf(leafHashes.slice(0, left)), rootOf(leafHashes.slice(left))]
  return sha256(Buffer.concat([Buffer.of(1), ...halves]))
}

export function leafHashOf(entry: Buffer): Buffer {
  return sha256(Buffer.concat([Buffer.of(0), entry]))
}

/** The text of a checkpoint over these entries, as it is signed. */
export function checkpointText(origin: string, entries: readonly Buffer[]): string {
  const root = rootOf(entries.map(leafHashOf)).toString('base64')
  return `${origin}\n${entries.length}\n${root}\n`
}

/** A signed note; C2SP signed-note. */
export function signedNote(text: string, key: CheckpointKey): string {
  const signature = sign(null, Buffer.from(text), privateKeyOf(key))
  const line = Buffer.concat([Buffer.from(key.keyIdHex, 'hex'), signature]).toString('base64')
  return `${text}\n— ${key.name} ${line}\n`
}

/** Writes a whole log into a directory; what was there before goes away. */
export async function writeLog(
  directory: string,
  entries: readonly Buffer[],
  checkpoint: string,
): Promise<void> {
  await rm(directory, { recursive: true, force: true })
  for (const [name, content] of filesOfLog(entries)) await writeLogFile(directory, name, content)
  await writeLogFile(directory, 'checkpoint', checkpoint)
}

/** @param name - below the log's prefix, such as `tile/0/000`. */
export async function writeLogFile(
  directory: string,
  name: string,
  content: Uint8Array | string,
): Promise<void> {
  const file = path.join(directory, name)
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, content)
}

/** Serves the files of a directory below `/log/` on a free port of this machine. */
export async function serveLog(
  directory: string,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    const [, name] = /^\/log\/(checkpoint|tile\/[\w./]+)$/.exec(request.url ?? '') ?? []
    if (name === undefined || name.includes('..')) return void response.writeHead(404).end()
    readFile(path.join(directory, name)).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('listens on no port')
  return {
    url: `http://127.0.0.1:${address.port}/log`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function inGroups<Member>(members: readonly Member[]): Member[][] {
  return Array.from({ length: Math.ceil(members.length / 256) }, (_, index) =>
    members.slice(index * 256, index * 256 + 256),
  )
}

function pathOf(level: string, index: number, width: number): string {
  const thousands = index < 1000 ? '' : `x${digitsOf(Math.floor(index / 1000))}/`
  const partial = width === 256 ? '' : `.p/${width}`
  return `tile/${level}/${thousands}${digitsOf(index % 1000)}${partial}`
}

function digitsOf(number: number): string {
  return String(number).padStart(3, '0')
}

function withLength(entry: Buffer): Buffer[] {
  return [Buffer.of(entry.length >> 8, entry.length & 255), entry]
}

function privateKeyOf({ seedHex }: CheckpointKey): KeyObject {
  // Everything of a PKCS #8 key but the seed at its end; RFC 8410, section 7.
  const key = Buffer.from(`302e020100300506032b657004220420${seedHex}`, 'hex')
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

function sha256(bytes: Buffer): Buffer {
  return hash('sha256', bytes, 'buffer')
}
