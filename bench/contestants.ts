import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { requireStatus, type Connection } from './connection.ts'
import type { Payload } from './payload.ts'
import { freePort, ServerProcess } from './server-process.ts'

export type ContestantName = 'stele' | 'floor' | 'docker-registry'

/** A server that keeps blobs, and how one talks to it. */
export interface Contestant {
  readonly name: ContestantName
  readonly server: ServerProcess
  /** Where it keeps what it is given. */
  readonly directory: string
  /** Allows deposits; empty where nobody asks for one. */
  readonly token: string
  /** Header lines of every request. */
  readonly headers: string
  readonly putBlob: (connection: Connection, payload: Payload) => Promise<void>
  readonly blobPath: (digest: string) => string
}

const root = join(import.meta.dirname, '..')

export async function startStele(
  directory: string,
  nodeOptions: readonly string[] = [],
): Promise<Contestant> {
  const port = await freePort()
  const logFile = `${directory}.log`
  const environment = {
    STELE_DATA: directory,
    STELE_PORT: String(port),
    STELE_URL: `http://127.0.0.1:${port}`,
    STELE_EXAMPLES: 'off',
  }
  const command = [process.execPath, ...nodeOptions, join(root, 'src', 'cli', 'main.ts'), 'serve']
  const server = await ServerProcess.start(command, {
    port,
    readyPath: '/readyz',
    logFile,
    environment,
  })
  const token = (await readFile(join(directory, 'deposit-token'), 'utf8')).trim()
  const headers = `Authorization: Bearer ${token}\r\n`
  const blobPath = (digest: string) => `/blobs/${digest}`
  const putBlob = putPlainly(blobPath, headers)
  return { name: 'stele', server, directory, token, headers, blobPath, putBlob }
}

export async function startFloor(directory: string): Promise<Contestant> {
  const port = await freePort()
  const logFile = `${directory}.log`
  const command = [process.execPath, join(import.meta.dirname, 'floor.ts'), directory, `${port}`]
  const server = await ServerProcess.start(command, { port, readyPath: '/', logFile })
  const blobPath = (digest: string) => `/blobs/${digest}`
  const putBlob = putPlainly(blobPath, '')
  return { name: 'floor', server, directory, token: '', headers: '', blobPath, putBlob }
}

export async function startDockerRegistry(directory: string): Promise<Contestant> {
  const port = await freePort()
  const logFile = `${directory}.log`
  await mkdir(directory, { recursive: true })
  const configuration = join(directory, 'config.yml')
  await writeFile(configuration, dockerConfiguration(directory, port))
  const command = ['docker-registry', 'serve', configuration]
  const server = await ServerProcess.start(command, { port, readyPath: '/v2/', logFile })
  return {
    name: 'docker-registry',
    server,
    directory,
    token: '',
    headers: '',
    blobPath: (digest) => `/v2/bench/blobs/${digest}`,
    putBlob: putInUploadSession,
  }
}

function putPlainly(blobPath: (digest: string) => string, authorization: string) {
  const headers = `${authorization}Content-Type: application/octet-stream\r\n`
  return async (connection: Connection, { digest, pieces }: Payload): Promise<void> => {
    const path = blobPath(digest)
    requireStatus(await connection.exchange({ method: 'PUT', path, headers, pieces }), 201)
  }
}

/** Two requests, the shortest way that registry knows. */
async function putInUploadSession(
  connection: Connection,
  { digest, pieces }: Payload,
): Promise<void> {
  const path = '/v2/bench/blobs/uploads/'
  const { head } = requireStatus(await connection.exchange({ method: 'POST', path }), 202)
  const location = /\r\nlocation: *(\S+)/i.exec(head)?.[1] ?? ''
  const headers = 'Content-Type: application/octet-stream\r\n'
  const target = `${location}&digest=${digest}`
  const stored = await connection.exchange({ method: 'PUT', path: target, headers, pieces })
  requireStatus(stored, 201)
}

/** What Debian ships, without passwords and without a line of log for each request. */
function dockerConfiguration(directory: string, port: number): string {
  return `version: 0.1
log:
  level: error
  accesslog:
    disabled: true
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: ${join(directory, 'store')}
  maintenance:
    uploadpurging:
      enabled: false
http:
  addr: 127.0.0.1:${port}
  relativeurls: true
`
}
