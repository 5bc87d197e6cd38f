import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { limits } from '../record/limits.ts'
import { CannotServe } from './cannot-serve.ts'
import { Connections } from './connections.ts'
import type { OpenRegistry } from './wire.ts'

const headersTimeoutMs = 30_000
/** How long requests that are under way may still take when the service stops. */
const drainMs = 30_000

export interface RunningServer {
  readonly port: number
  /** Refuses new work, lets requests under way finish, and closes. */
  stop(): Promise<void>
}

export interface ServerOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Silence after which a connection is given up; default as in `limits`. */
  readonly idleTimeoutMs?: number
}

/**
 * Listens; resolves when requests are answered.
 *
 * @throws CannotServe when the address cannot be had.
 */
export async function startServer(
  registry: OpenRegistry,
  { host, port, idleTimeoutMs = limits.idleTimeoutMs }: ServerOptions,
): Promise<RunningServer> {
  const server = createServer(registry.app)
  server.headersTimeout = headersTimeoutMs
  // Node gives a whole request five minutes; a terabyte takes longer. Silence is what ends it.
  server.requestTimeout = 0
  const connections = new Connections(server)
  server.closeIdleConnections = () => connections.closeIdle()
  // A silence in which the disk works is none of the client's: a large blob takes long to sync.
  server.setTimeout(idleTimeoutMs, (socket) => {
    if (!connections.isWaitingForUs(socket)) socket.destroy()
  })
  server.keepAliveTimeout = 65_000
  await listen(server, port, host)
  return { port: portOf(server), stop: () => stop(server, registry) }
}

/** @throws CannotServe */
async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const advice = `cannot listen on ${host}, port ${port}; see STELE_HOST and STELE_PORT (${why})`
    throw new CannotServe(advice, { cause: error })
  }
}

async function stop(server: Server, registry: OpenRegistry): Promise<void> {
  registry.drain('the service is stopping')
  const closed = once(server, 'close')
  server.close()
  // A client may keep its connection after the answer, and would hold us up with it.
  const closeIdle = setInterval(() => server.closeIdleConnections(), 50)
  const giveUp = setTimeout(() => server.closeAllConnections(), drainMs)
  await closed
  clearInterval(closeIdle)
  clearTimeout(giveUp)
  await registry[Symbol.asyncDispose]()
}

/** A port that was free a moment ago. */
export async function freePort(host: string): Promise<number> {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

function portOf(server: Server): number {
  const address = server.address()
  return isAddressInfo(address) ? address.port : 0
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return address !== null && typeof address === 'object'
}
