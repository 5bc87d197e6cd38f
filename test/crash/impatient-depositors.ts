import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { digestOf, type Digest } from '../../src/record/digest.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { filePart, formOf, formType } from '../http/multipart-form.ts'
import { digestOfText, runWithOutputs } from '../http/run-with-outputs.ts'
import { noteEvent } from '../record-event-fixtures.ts'

/** Something that a client sends, and what became of it. */
export interface Statement {
  readonly digest: Digest
  /** Canonical bytes of the record or event. */
  readonly bytes: Buffer
  /** The answer of the service, if there was one. */
  acknowledged?: {
    readonly logIndex: number
    readonly receipt: JsonObject
    readonly proof: string
  }
}

/** A record that one client wants to deposit, and an event about it for later. */
export interface Deposit extends Statement {
  /** Contents of the blobs it names. */
  readonly texts: readonly string[]
  readonly event: Statement
}

/** Deposits of one file of their own and one that all share. */
export async function newDeposits(count: number): Promise<Deposit[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, number) => {
      const texts = [randomBytes(1000 + number * 100).toString('hex'), 'shared by all\n']
      const record = await statementOf(runWithOutputs(texts, { title: `Run ${number}` }))
      return { ...record, texts, event: await statementOf(noteEvent(record.digest)) }
    }),
  )
}

async function statementOf(document: JsonObject): Promise<Statement> {
  const bytes = Buffer.from(canonicalBytes(document))
  return { digest: await digestOf(bytes), bytes }
}

export interface ClientParts {
  /** Where the service answers now. */
  readonly url: () => Promise<string>
  readonly authorization: string
  readonly onAcknowledged: () => void
}

/**
 * Makes the deposits, several at a time, and states the event about each that was
 * answered. Of what the service did not answer, every second is given up for good;
 * the rest is tried again until it does.
 */
export async function depositAll(
  deposits: readonly Deposit[],
  clients: number,
  parts: ClientParts,
): Promise<void> {
  const waiting = deposits.values()
  const work = async () => {
    for (const deposit of waiting) {
      const isDeposited = await repeatUntilAnswered(deposit, parts, depositOnce(deposit))
      if (isDeposited) await repeatUntilAnswered(deposit.event, parts, stateOnce(deposit))
    }
  }
  await Promise.all(Array.from({ length: clients }, work))
}

/** Sends something to the service at that URL. */
type Send = (url: string, authorization: string) => Promise<Statement['acknowledged']>

async function repeatUntilAnswered(
  statement: Statement,
  { url, authorization, onAcknowledged }: ClientParts,
  send: Send,
): Promise<boolean> {
  for (;;) {
    const answer = await answerOrNone(send(await url(), authorization))
    if (answer !== undefined) {
      statement.acknowledged = answer
      onAcknowledged()
      return true
    }
    if (Math.random() < 0.5) return false
    await pause(20)
  }
}

/** The answer, or undefined when the service went away before it was complete. */
async function answerOrNone(
  answer: Promise<Statement['acknowledged']>,
): Promise<Statement['acknowledged']> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined
    throw error
  }
}

function depositOnce(deposit: Deposit): Send {
  return (url, authorization) =>
    (Math.random() < 0.5 ? sendForm : sendOneByOne)(deposit, url, authorization)
}

function stateOnce({ digest, event }: Deposit): Send {
  return (url, authorization) =>
    sendJson(`${url}/records/${digest}/events`, event.bytes, authorization)
}

async function sendForm(deposit: Deposit, url: string, authorization: string) {
  const files = deposit.texts.map((text) => filePart('file', text))
  const body = formOf(filePart('record', deposit.bytes), ...files)
  const headers = { authorization, 'content-type': formType }
  return answerOf(await fetch(`${url}/records`, { method: 'POST', headers, body }))
}

async function sendOneByOne(deposit: Deposit, url: string, authorization: string) {
  for (const text of deposit.texts) {
    const blob = `${url}/blobs/${digestOfText(text)}`
    const answer = await fetch(blob, { method: 'PUT', headers: { authorization }, body: text })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`a blob was answered with ${answer.status}`)
  }
  return sendJson(`${url}/records`, deposit.bytes, authorization)
}

async function sendJson(url: string, body: Buffer, authorization: string) {
  const headers = { authorization, 'content-type': 'application/json' }
  return answerOf(await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) }))
}

async function answerOf(answer: Response): Promise<Statement['acknowledged']> {
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${answer.url} was answered with ${answer.status}: ${text}`)
  return parseAnswer(text)
}

function parseAnswer(text: string): Statement['acknowledged'] {
  const { logIndex, receipt, proof } = JSON.parse(text)
  return { logIndex, receipt, proof }
}
