import type { Request, Response } from 'express'
import type { Answer, StreamBody } from './route.ts'

/** A body that was refused unread is read to its end if it is at most this long. */
const worthReadingBytes = 16 * 1024 * 1024

/** A body could not be read to its end: a fault of ours, not a client that went away. */
export class UnreadableBody extends Error {
  constructor(cause: unknown) {
    super('a body could not be read to its end', { cause })
  }
}

/** Whom the answer was for does not listen any more. */
class ClientGone extends Error {
  constructor() {
    super('the client went away')
  }
}

/** Writes an answer. Rejects when the client goes away; a body is never cut and ended as if whole. */
export async function send(answer: Answer, request: Request, response: Response): Promise<void> {
  response.status(answer.status)
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value)
  closeIfBodyIsLong(answer, request, response)
  const { body } = answer
  if (body === undefined) return endWith(response, undefined)
  if (typeof body === 'string') return endWith(response, Buffer.from(body))
  if (body instanceof Uint8Array) return endWith(response, body)
  if ('json' in body) return sendJson(body.json, response)
  return sendStream(body, request, response)
}

function sendJson(value: unknown, response: Response): void {
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json')
  endWith(response, Buffer.from(JSON.stringify(value)))
}

function endWith(response: Response, bytes: Uint8Array | undefined): void {
  // RFC 9110, 8.6: in a 304 it would be the length of what the client has.
  if (response.statusCode !== 304) {
    response.setHeader('content-length', bytes?.byteLength ?? 0)
  }
  response.end(bytes)
}

async function sendStream(body: StreamBody, request: Request, response: Response): Promise<void> {
  response.setHeader('content-length', body.byteLength)
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  // Not a pipeline: it reads ahead, and a piece is overwritten once the next is read.
  for await (const piece of piecesOf(await body.open())) await written(piece, response)
  await ended(response)
}

/** Resolves when the piece was handed to the operating system; rejects when the client is gone. */
function written(piece: Uint8Array, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new ClientGone())
    if (response.destroyed) return onClose()
    response.once('close', onClose)
    response.write(piece, (error) => {
      response.off('close', onClose)
      if (error === null || error === undefined) resolve()
      else reject(error)
    })
  })
}

function ended(response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    response.once('close', () => (response.writableFinished ? resolve() : reject(new ClientGone())))
    response.end(() => resolve())
  })
}

async function* piecesOf(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    throw new UnreadableBody(error)
  }
}

// Otherwise Node would read a refused terabyte to its end before it takes the next request.
function closeIfBodyIsLong(answer: Answer, request: Request, response: Response): void {
  if (answer.status < 400 || request.complete) return
  const byteLength = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY)
  const hasBody = byteLength > 0 && request.method !== 'GET' && request.method !== 'HEAD'
  if (hasBody && byteLength > worthReadingBytes) response.setHeader('connection', 'close')
}
