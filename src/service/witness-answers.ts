import type { IncomingMessage } from 'node:http'
import { secondsText } from '../archive/clock.ts'
import { bodyOf, receiveBytes } from '../http/received-body.ts'
import { RootOfNothing } from '../log/checkpoint.ts'
import { findCosignature } from '../log/cosignature.ts'
import { parseNote } from '../log/note.ts'
import { Refusal } from '../record/refusal.ts'
import { OtherSize } from '../verification/witness-rules.ts'
import type { Cosigning, FollowedLog } from './cosigning.ts'
import { nameOfLog, type WitnessState } from './witness-state.ts'

export interface WitnessAnswerParts {
  readonly cosigning: Cosigning
  readonly state: WitnessState
  readonly vkey: string
  readonly name: string
  readonly logs: readonly FollowedLog[]
}

export interface TextAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** Most bytes of a request: 63 hashes, and a checkpoint with many signatures. */
const bodyBytes = 64 * 1024

const statusOfCode: Readonly<Record<string, number>> = {
  'malformed-witness-request': 400,
  'malformed-note': 400,
  'malformed-checkpoint': 400,
  'unsigned-checkpoint': 403,
  'unknown-log': 404,
  'body-too-large': 413,
  'inconsistent-checkpoint': 422,
}

/**
 * What a witness answers, always as text.
 *
 * @see C2SP tlog-witness, "HTTP Interface"
 */
export async function answerOfWitness(
  request: IncomingMessage,
  parts: WitnessAnswerParts,
): Promise<TextAnswer> {
  const path = request.url ?? ''
  const allowed = path === '/add-checkpoint' ? ['POST'] : ['GET', 'HEAD']
  const [, log] = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path) ?? []
  const isKnown = path === '/' || path === '/add-checkpoint' || log !== undefined
  if (!isKnown) return { status: 404, body: 'nothing is here; see /\n' }
  if (!allowed.includes(request.method ?? '')) {
    const allow = allowed.join(', ')
    return { status: 405, headers: { allow }, body: `expected ${allow}\n` }
  }
  if (path === '/add-checkpoint') return addCheckpoint(request, parts.cosigning)
  return log === undefined ? frontPage(parts) : lastCheckpoint(log, parts.state)
}

async function addCheckpoint(request: IncomingMessage, cosigning: Cosigning): Promise<TextAnswer> {
  try {
    const bytes = await receiveBytes(bodyOf(request), bodyBytes)
    // Not strictly: what is no UTF-8 was not signed, and is refused as such.
    const body = new TextDecoder().decode(bytes)
    return { status: 200, body: await cosigning.addCheckpoint(body) }
  } catch (error) {
    if (error instanceof Refusal) return refusalAnswer(error)
    throw error
  }
}

function refusalAnswer(refusal: Refusal): TextAnswer {
  if (refusal instanceof OtherSize) {
    const headers = { 'content-type': 'text/x.tlog.size' }
    return { status: 409, headers, body: `${refusal.size}\n` }
  }
  const status = refusal instanceof RootOfNothing ? 422 : statusOfCode[refusal.code]
  if (status === undefined) throw refusal
  // What is left of a long body is not read, so nothing more can come over the connection.
  const headers: Record<string, string> = status === 413 ? { connection: 'close' } : {}
  return { status, headers, body: `${refusal.message}\n` }
}

async function lastCheckpoint(name: string, state: WitnessState): Promise<TextAnswer> {
  const last = await state.find(name)
  if (last === undefined) return { status: 404, body: 'no checkpoint of this log was cosigned\n' }
  return { status: 200, body: last.note }
}

async function frontPage({ name, vkey, logs, state }: WitnessAnswerParts): Promise<TextAnswer> {
  const described = await Promise.all(logs.map((log) => describe(log, state, name)))
  const body = `${name} is a witness (C2SP tlog-witness) with the verifier key

  ${vkey}

It cosigns a checkpoint of one of these logs if the log has only grown since the one before:

${described.join('\n')}`
  return { status: 200, body }
}

async function describe(
  { origin, url }: FollowedLog,
  state: WitnessState,
  witness: string,
): Promise<string> {
  const name = nameOfLog(origin)
  const last = await state.find(name)
  const time = last === undefined ? undefined : timeOf(last.note, witness)
  const words =
    last === undefined || time === undefined
      ? 'not cosigned yet'
      : `${last.checkpoint.size} entries, cosigned ${time}`
  return `  ${origin}${url === undefined ? '' : `  ${url}`}\n      ${words}  /${name}/checkpoint\n`
}

function timeOf(note: string, witness: string): string | undefined {
  const lines = parseNote(note).signatures.filter(({ name }) => name === witness)
  const [cosignature] = lines.flatMap(({ line }) => findCosignature(line) ?? [])
  return cosignature === undefined ? undefined : secondsText(new Date(cosignature.time * 1000))
}
