import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { mkdir } from 'node:fs/promises'
import { once } from 'node:events'
import { join } from 'node:path'
import { pino, type Logger } from 'pino'
import { CannotServe } from './cannot-serve.ts'
import { Cosigning, type CosigningFact, type FollowedLog } from './cosigning.ts'
import { lockDirectory } from './directory-lock.ts'
import { answerOfWitness, type TextAnswer } from './witness-answers.ts'
import { openWitnessKey } from './witness-key.ts'
import { WitnessState } from './witness-state.ts'

export interface WitnessOptions {
  /** Of everything it keeps; made on the first start. */
  readonly directory: string
  /** In its key and lines, for ever. */
  readonly name: string
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly logs: readonly FollowedLog[]
  readonly log?: Logger
  /** From the first byte of a request to the last; by default as long as any honest one takes. */
  readonly requestMs?: number
}

/** A witness that answers requests. */
export interface RunningWitness {
  readonly port: number
  readonly vkey: string
  stop(): Promise<void>
}

/** A request has a few kilobytes. */
const usualRequestMs = 10_000
const mostConnections = 500
/** How long requests that are under way may still take when the witness stops. */
const drainMs = 5000

/**
 * Starts a witness. One directory belongs to one process: two that cosign from the
 * same state could sign two futures of one log.
 *
 * @throws CannotServe
 */
export async function startWitness(options: WitnessOptions): Promise<RunningWitness> {
  const { directory, name, logs, log = pino(pino.destination(2)) } = options
  await mkdir(join(directory, 'logs'), { recursive: true, mode: 0o750 })
  await using opened = new AsyncDisposableStack()
  opened.use(lockDirectory(directory, 'stop it, or give another --data'))
  const key = await openWitnessKey(directory, name)
  const state = await WitnessState.open(join(directory, 'logs'), key.verifier)
  const report = (fact: CosigningFact) => reportCosigning(fact, log)
  const cosigning = new Cosigning({ key, state, logs, clock: () => new Date(), report })
  const { vkey } = key.verifier
  const server = serverOf(
    async (request, response) => {
      const answer = await answerOfWitness(request, { cosigning, state, vkey, name, logs })
      send(answer, response)
    },
    { ...options, log },
  )
  const port = await listen(server, options)
  opened.defer(() => close(server))
  const all = opened.move()
  return { port, vkey, stop: () => all.disposeAsync() }
}

type Answering = (request: IncomingMessage, response: ServerResponse) => Promise<void>

function serverOf(
  answer: Answering,
  { log, requestMs = usualRequestMs }: { readonly log: Logger; readonly requestMs?: number },
): Server {
  const limits = {
    requestTimeout: requestMs,
    headersTimeout: requestMs,
    connectionsCheckingInterval: 1000,
  }
  const server = createServer(limits, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A client that went away; nothing can be answered.
      if (request.errored !== null) return response.destroy()
      log.error({ err: error, path: request.url }, 'request failed')
      return send({ status: 500, body: 'the witness failed; nothing was cosigned\n' }, response)
    })
  })
  server.maxConnections = mostConnections
  server.keepAliveTimeout = 65_000
  return server
}

function send({ status, headers, body }: TextAnswer, response: ServerResponse): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(response.req.method === 'HEAD' ? '' : body)
}

/** @throws CannotServe when the address cannot be had. */
async function listen(server: Server, { host, port }: WitnessOptions): Promise<number> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CannotServe(`cannot listen on ${host}, port ${port} (${why})`, { cause })
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const giveUp = setTimeout(() => server.closeAllConnections(), drainMs)
  await closed
  clearTimeout(giveUp)
}

function reportCosigning(fact: CosigningFact, log: Logger): void {
  if (fact.kind === 'cosigned') log.info({ origin: fact.origin, size: fact.size }, 'cosigned')
  else log.error(fact, 'a log has signed two trees of one size; keep this line as evidence')
}
