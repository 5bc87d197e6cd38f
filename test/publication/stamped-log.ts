import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  TimeStamps,
  type TimeStampFact,
  type TimeStampParts,
} from '../../src/publication/time-stamps.ts'
import type { LogFile } from '../../src/vault/log-store.ts'
import type { TimeStampAuthority } from '../attestation/time-stamp-authority.ts'

/** What a log of seven entries publishes; the signature does not matter here. */
export const checkpoint = [
  'registry.example.org/log',
  '7',
  'cm9vdCBvZiBhIGxvZyB0aGF0IGhhcyA3IGVudHJpZXM=',
  '',
  '— registry.example.org/log ' +
    'a2V5IGEgc2lnbmF0dXJlIHRoYXQgbm9ib2R5IGxvb2tzIGF0IGhlcmUsIGJ1dCBpdCBpcyBvZiB0aGF0IGxlbmd0aC4=',
  '',
].join('\n')
/** Path of what belongs to it, without the end. */
export const name = 'timestamps/7-9bcbec78d5411a0a'

/** Files below a directory of their own, written once. */
export class LogDirectory implements AsyncDisposable {
  readonly #directory: string

  private constructor(directory: string) {
    this.#directory = directory
  }

  static async openEmpty(): Promise<LogDirectory> {
    return new LogDirectory(await mkdtemp(path.join(tmpdir(), 'stele-stamped-')))
  }

  async putAll(files: readonly LogFile[]): Promise<void> {
    for (const file of files) {
      const known = await this.read(file.path)
      if (known?.equals(file.bytes) === true) continue
      await mkdir(path.dirname(this.at(file.path)), { recursive: true })
      await writeFile(this.at(file.path), file.bytes, { flag: 'wx' })
    }
  }

  async read(name: string): Promise<Buffer | undefined> {
    const isThere = (await this.list()).includes(name)
    return isThere ? readFile(this.at(name)) : undefined
  }

  async list(): Promise<string[]> {
    const entries = await readdir(this.#directory, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(this.#directory, path.join(entry.parentPath, entry.name)))
      .sort()
  }

  at(name: string): string {
    return path.join(this.#directory, name)
  }

  /** Replaces the checkpoint that is published. */
  async publish(note: string): Promise<void> {
    await writeFile(this.at('checkpoint'), note)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.#directory, { recursive: true })
  }
}

/** `TimeStamps` as in production, but for the parts given; with all it reports. */
export function timeStampsOver(
  log: TimeStampParts['log'],
  urls: readonly string[],
  parts: Partial<TimeStampParts> = {},
): { readonly timeStamps: TimeStamps; readonly facts: TimeStampFact[] } {
  const facts: TimeStampFact[] = []
  const timeStamps = new TimeStamps({
    urls,
    log,
    fetch,
    clock: () => new Date(),
    random: randomBytes,
    report: (fact) => facts.push(fact),
    ...parts,
  })
  return { timeStamps, facts }
}

/** Kind of each fact, and what was wrong. */
export function summaryOf(facts: readonly TimeStampFact[]): string[] {
  return facts.map((fact) =>
    fact.kind === 'stamped' ? `stamped ${fact.path}` : `not stamped: ${messageOf(fact.error)}`,
  )
}

export interface LocalServer extends AsyncDisposable {
  readonly url: string
}

export async function listen(answer: RequestListener): Promise<LocalServer> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** An authority at an address of its own; it knows how often it was asked. */
export async function serveAuthority(
  authority: TimeStampAuthority,
): Promise<LocalServer & { readonly asked: () => number }> {
  let count = 0
  const server = await listen((request, response) => {
    count += 1
    answerOf(authority, request).then(
      (answer) => {
        response.setHeader('content-type', 'application/timestamp-reply').end(answer)
      },
      (error: unknown) => {
        response.writeHead(400).end(String(error))
      },
    )
  })
  return { ...server, asked: () => count }
}

async function answerOf(authority: TimeStampAuthority, request: IncomingMessage): Promise<Buffer> {
  const kind = `${request.method} ${request.headers['content-type']}`
  if (kind !== 'POST application/timestamp-query') throw new Error(kind)
  return authority.answer(Buffer.concat(await Array.fromAsync(request)))
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
