import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { digestOf, type Digest } from '../../src/record/digest.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { filePart, formOf, formType } from '../http/multipart-form.ts'
import { digestOfText, runWithOutputs } from '../http/run-with-outputs.ts'

/** What one client wants to deposit, and what became of it. */
export interface Deposit {
  readonly digest: Digest
  /** Canonical bytes of the record. */
  readonly bytes: Buffer
  /** Contents of the blobs it names. */
  readonly texts: readonly string[]
  /** The answer of the service, if there was one. */
  acknowledged?: { readonly logIndex: number; readonly receipt: JsonObject }
}

/** Deposits of one file of their own and one that all share. */
export async function newDeposits(count: number): Promise<Deposit[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, number) => {
      const texts = [randomBytes(1000 + number * 100).toString('hex'), 'shared by all\n']
      const bytes = Buffer.from(canonicalBytes(runWithOutputs(texts, { title: `Run ${number}` })))
      return { digest: await digestOf(bytes), bytes, texts }
    }),
  )
}

export interface ClientParts {
  /** Where the service answers now. */
  readonly url: () => Promise<string>
  readonly authorization: string
  readonly onAcknowledged: () => void
}

/**
 * Makes the deposits, several at a time. Of those that the service did not answer,
 * every second is given up for good; the others are tried again until it does.
 */
export async function depositAll(
  deposits: readonly Deposit[],
  clients: number,
  parts: ClientParts,
): Promise<void> {
  const waiting = deposits.values()
  const work = async () => {
    for (const deposit of waiting) await depositUntilAnswered(deposit, parts)
  }
  await Promise.all(Array.from({ length: clients }, work))
}

async function depositUntilAnswered(deposit: Deposit, parts: ClientParts): Promise<void> {
  for (;;) {
    const answer = await send(deposit, parts)
    if (answer !== undefined) {
      deposit.acknowledged = answer
      parts.onAcknowledged()
      return
    }
    if (Math.random() < 0.5) return
    await pause(20)
  }
}

/** The answer, or undefined when the service went away before it was complete. */
async function send(deposit: Deposit, parts: ClientParts): Promise<Deposit['acknowledged']> {
  const { authorization } = parts
  const url = await parts.url()
  try {
    return await (Math.random() < 0.5 ? sendForm : sendOneByOne)(deposit, url, authorization)
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined
    throw error
  }
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
  const headers = { authorization, 'content-type': 'application/json' }
  const body = deposit.bytes
  return answerOf(await fetch(`${url}/records`, { method: 'POST', headers, body }))
}

async function answerOf(answer: Response): Promise<Deposit['acknowledged']> {
  const text = await answer.text()
  if (!answer.ok) throw new Error(`a deposit was answered with ${answer.status}: ${text}`)
  return parseAnswer(text)
}

function parseAnswer(text: string): Deposit['acknowledged'] {
  const { logIndex, receipt } = JSON.parse(text)
  return { logIndex, receipt }
}
