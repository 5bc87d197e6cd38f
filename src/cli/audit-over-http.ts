import { setTimeout } from 'node:timers/promises'
import { hexOf, type Digest } from '../record/digest.ts'
import { limits } from '../record/limits.ts'
import type { KeyLists } from '../verification/audit-key-lists.ts'
import type { RecordFile } from '../verification/audit-record.ts'
import type { RegistryFiles } from '../verification/audit-registry.ts'
import { CannotFetch, wholeOf } from './download.ts'

const MIB = 1024 * 1024
/** A bundle of 256 entries, each as long as one can be. */
const longestLogFile = 17 * MIB
const timeoutMs = 30_000
/** Pauses before a request is made again; a registry may be about to be restarted. */
const pausesMs = [250, 1000]

/** A registry as everybody sees it. What does not answer is a CannotFetch. */
export class RegistryOverHttp implements RegistryFiles {
  readonly #url: string

  /** @param url - without a slash at the end. */
  constructor(url: string) {
    this.#url = url
  }

  async readLogFile(path: string): Promise<Uint8Array | undefined> {
    return unlessGone(await this.#read(`log/${path}`, longestLogFile))
  }

  async listLogKeys(): Promise<string[]> {
    const text = new TextDecoder().decode(await this.readLogFile('keys'))
    const keys = text.split('\n').map((line) => line.trim().split(/\s+/)[0] ?? '')
    return keys.filter((key) => key !== '')
  }

  async readKeyLists(): Promise<KeyLists> {
    const none = new Uint8Array()
    const log = (await this.readLogFile('keys')) ?? none
    const receipt = unlessGone(await this.#read('.well-known/jwks.json', MIB)) ?? none
    return { log, receipt }
  }

  async readRecordFile(record: Digest, name: RecordFile): Promise<Uint8Array | 'gone' | undefined> {
    return this.#read(
      `records/${record}/${name}`,
      name === 'record.json' ? limits.recordBytes : MIB,
    )
  }

  async findDepositorKey(kid: string): Promise<Uint8Array | undefined> {
    return unlessGone(await this.#read(`depositor-keys/${kid}`, MIB))
  }

  async openBlob(digest: Digest): Promise<AsyncIterable<Uint8Array> | 'gone' | undefined> {
    return again(async () => {
      const url = `${this.#url}/blobs/sha256:${hexOf(digest)}`
      const answer = await bodyOf(url, new AbortController().signal)
      return typeof answer === 'object' ? attemptedPiecesOf(url, answer) : answer
    })
  }

  async #read(path: string, mostBytes: number): Promise<Uint8Array | 'gone' | undefined> {
    const url = `${this.#url}/${path}`
    return again(async () => {
      const body = await bodyOf(url, AbortSignal.timeout(timeoutMs))
      return typeof body === 'object' ? wholeOf(url, attemptedPiecesOf(url, body), mostBytes) : body
    })
  }
}

/** The answer cannot be had, perhaps for now. */
class NoAnswer extends CannotFetch {}

async function again<Value>(request: () => Promise<Value>): Promise<Value> {
  for (const pauseMs of pausesMs) {
    try {
      return await request()
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      await setTimeout(pauseMs)
    }
  }
  return request()
}

type Body = NonNullable<Response['body']>

async function bodyOf(url: string, signal: AbortSignal): Promise<Body | 'gone' | undefined> {
  const answer = await answerOf(url, signal)
  if (answer.status === 200 && answer.body !== null) return answer.body
  // So that its connection can be used again.
  await answer.body?.cancel()
  if (answer.status === 404) return undefined
  if (answer.status === 410) return 'gone'
  const isForNow = answer.status === 429 || answer.status >= 500
  const text = `${url} answered ${answer.status}`
  throw isForNow ? new NoAnswer(text) : new CannotFetch(text)
}

async function answerOf(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal })
  } catch (error) {
    throw new NoAnswer(`${url} does not answer`, { cause: error })
  }
}

/** The same as `piecesOf` of `download.ts`, worth another attempt. */
async function* attemptedPiecesOf(
  url: string,
  body: Body,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of body) yield piece
  } catch (error) {
    throw new NoAnswer(`${url} broke off`, { cause: error })
  }
}

function unlessGone(bytes: Uint8Array | 'gone' | undefined): Uint8Array | undefined {
  return bytes === 'gone' ? undefined : bytes
}
