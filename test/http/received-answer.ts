import type request from 'supertest'

/** For `.parse(…)` of supertest: the body of any media type, as its exact bytes. */
export function receiveBytes(
  response: request.Response,
  done: (error: Error | null, body: Buffer) => void,
): void {
  const pieces: Buffer[] = []
  response.on('data', (piece: Buffer) => void pieces.push(piece))
  response.on('end', () => done(null, Buffer.concat(pieces)))
}
