/**
 * The least a server on Node can do for a blob: take it, check its digest, put it
 * on the disk. No names that survive a power cut, no tokens, no limits.
 *
 *     node bench/floor.ts DIRECTORY PORT
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

const [directory = '', port = ''] = process.argv.slice(2)
const writeByteLength = 1024 * 1024
let received = 0

await mkdir(directory, { recursive: true })
createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    // A client that has all bytes may be gone before the last write is known to be done.
    if (!response.headersSent) console.error(error)
    response.destroy()
  })
}).listen(Number(port), '127.0.0.1')
process.on('SIGTERM', () => process.exit())

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const name = /^\/blobs\/sha256:([0-9a-f]{64})$/.exec(request.url ?? '')?.[1]
  if (name === undefined) return end(response, 200)
  if (request.method === 'PUT') return end(response, (await store(request, name)) ? 201 : 422)
  const path = join(directory, name)
  const { size } = await stat(path)
  response.writeHead(200, { 'Content-Length': size, ETag: `"${name}"` })
  if (request.method === 'HEAD') response.end()
  if (request.method === 'GET') {
    await pipeline(createReadStream(path, { highWaterMark: writeByteLength }), response)
  }
}

async function store(request: AsyncIterable<Buffer>, name: string): Promise<boolean> {
  received += 1
  const draft = join(directory, `draft-${received}`)
  const file = await open(draft, 'wx')
  const hash = createHash('sha256')
  let gathered: Buffer[] = []
  let gatheredByteLength = 0
  let writing: Promise<unknown> = Promise.resolve()
  for await (const piece of request) {
    hash.update(piece)
    gathered.push(piece)
    gatheredByteLength += piece.length
    if (gatheredByteLength < writeByteLength) continue
    await writing
    writing = file.writev(gathered)
    gathered = []
    gatheredByteLength = 0
  }
  await writing
  if (gathered.length > 0) await file.writev(gathered)
  const isGenuine = hash.digest('hex') === name
  if (isGenuine) await file.sync()
  await file.close()
  await (isGenuine ? rename(draft, join(directory, name)) : rm(draft))
  return isGenuine
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Length': 0 }).end()
}
