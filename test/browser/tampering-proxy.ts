import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { takenAway, type Tampering } from './registry-files.ts'

/** A server between a registry and its readers, which changes what it likes. */
export interface TamperingProxy extends AsyncDisposable {
  readonly url: string
  /** From now on files of that path are changed. */
  tamper(path: RegExp, change: Tampering): void
  /** From now on everything comes from this registry. */
  switchTo(port: number): void
}

export async function startTamperingProxy(port: number): Promise<TamperingProxy> {
  let target = port
  let [pattern, change]: readonly [RegExp, Tampering] = [/^$/, takenAway]
  const server = createServer((request, response) => {
    const { url = '/', headers } = request
    void fetch(`http://127.0.0.1:${target}${url}`, {
      headers: { accept: headers.accept ?? '*/*' },
    }).then(async (answer) => {
      const bytes = new Uint8Array(await answer.arrayBuffer())
      const body = pattern.test(url) ? change(bytes) : bytes
      const kept = ['content-type', 'content-security-policy', 'cache-control']
      for (const name of kept) response.setHeader(name, answer.headers.get(name) ?? '')
      response.writeHead(body === undefined ? 404 : answer.status).end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${portOf(address)}`,
    tamper: (...how) => void ([pattern, change] = how),
    switchTo: (port) => void (target = port),
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
