import { text } from 'node:stream/consumers'
import { cosign } from '../../src/log/cosignature.ts'
import { parseNote } from '../../src/log/note.ts'
import { parseWitnessRequest } from '../../src/log/witness-request.ts'
import { WitnessClient, type WitnessClientParts } from '../../src/publication/witness-client.ts'
import { witnessPrivateKey, witnessPublicKey, witnessVerifier } from '../log/signing-keys.ts'
import { listen, type LocalServer } from './stamped-log.ts'

export interface ScriptedAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What a witness does with a request; `undefined` breaks the connection. */
export type Script = (body: string) => Promise<ScriptedAnswer | undefined>

/** A server at an address of its own that follows a script instead of the protocol. */
export interface ScriptedWitness extends LocalServer {
  /** Bodies of the requests so far. */
  readonly bodies: readonly string[]
}

export async function serveScript(script: Script): Promise<ScriptedWitness> {
  const bodies: string[] = []
  const server = await listen((request, response) => {
    void text(request).then(async (body) => {
      bodies.push(body)
      const answer = await script(body)
      if (answer === undefined) return request.socket.destroy()
      return response.writeHead(answer.status ?? 200, answer.headers).end(answer.body)
    })
  })
  return { ...server, url: server.url.replace(/\/$/, ''), bodies }
}

/** Answers one after the other; the last one again and again. */
export function inTurn(...answers: readonly Script[]): Script {
  const waiting = [...answers]
  return async (body) => {
    const next = waiting.length > 1 ? waiting.shift() : waiting[0]
    return next?.(body)
  }
}

/** The line of the witness of the vectors, as at any time. */
export async function lineFor(checkpoint: string, time = 1_700_000_000): Promise<string> {
  const keys = { privateKey: witnessPrivateKey, publicKey: witnessPublicKey }
  return cosign(parseNote(checkpoint).text, { name: witnessVerifier.name, ...keys, time })
}

/** Cosigns whatever it is sent. */
export const cosigns: Script = async (body) => ({
  body: await lineFor(parseWitnessRequest(body).checkpoint),
})

/** Says that it has cosigned at that size. */
export function isAt(size: number): Script {
  const headers = { 'content-type': 'text/x.tlog.size' }
  return async () => ({ status: 409, headers, body: `${size}\n` })
}

export function answers(answer: ScriptedAnswer): Script {
  return async () => answer
}

/** Asks the witness of the vectors, at this address. */
export function clientOf(log: WitnessClientParts['log'], url: string): WitnessClient {
  return new WitnessClient({ witness: { verifier: witnessVerifier, url }, log, fetch })
}
