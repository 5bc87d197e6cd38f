import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { limits } from '../record/limits.ts'
import type { OpenRegistry } from './wire.ts'

const headersTimeoutMs = 30_000
/** How long requests that are under way may still take when the service stops. */
const drainMs = 30_000

export interface RunningServer {
  readonly port: number
  /** Refuses new work, lets requests under way finish, and closes. */
  stop(): Promise<void>
}

/** Listens; resolves when requests are answered. */
export async function startServer(
  registry: OpenRegistry,
  address: { host: string; port: number },
): Promise<RunningServer> {
  const server = createServer(registry.app)
  server.headersTimeout = headersTimeoutMs
  // Node gives a whole request five minutes; a terabyte takes longer. Silence is what ends it.
  server.requestTimeout = 0
  server.setTimeout(limits.idleTimeoutMs)
  server.keepAliveTimeout = 65_000
  server.listen(address.port, address.host)
  await once(server, 'listening')
  return { port: portOf(server), stop: () => stop(server, registry) }
}

async function stop(server: Server, registry: OpenRegistry): Promise<void> {
  registry.drain('the service is stopping')
  const closed = once(server, 'close')
  server.close()
  const giveUp = setTimeout(() => server.closeAllConnections(), drainMs)
  await closed
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
