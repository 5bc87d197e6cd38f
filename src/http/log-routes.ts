import { z } from 'zod'
import type { LogReading } from '../archive/read-log.ts'
import { immutable } from './content.ts'
import { defineRoute, type Answer, type Route } from './route.ts'

export interface LogRouteParts {
  readonly logReading: LogReading
  /** Verifier keys of the log, one a line. */
  readonly logKeys: () => Promise<string>
  /** C2SP tlog-policy with the log and its witnesses. */
  readonly logPolicy: () => Promise<string>
}

const text = 'text/plain; charset=utf-8'
const bytes = 'application/octet-stream'
const Name = z.object({ name: z.string().max(200) })

/** The log as C2SP tlog-tiles has it, and what is needed to check it. */
export function logRoutes(parts: LogRouteParts): Route[] {
  return [
    checkpoint(parts),
    tile(parts),
    keys(parts),
    keyFile(parts),
    policy(parts),
    stamps(parts),
    stamp(parts),
  ]
}

const checkpoint = ({ logReading }: LogRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/log/checkpoint',
    operationId: 'getCheckpoint',
    summary: 'The newest signed head of the log, C2SP tlog-checkpoint',
    answers: { 200: { description: 'A signed note', content: { 'text/plain': 'text' } } },
    refusals: ['unknown-log-file'],
    async handle() {
      const body = await logReading.readCheckpoint()
      return { status: 200, headers: { 'content-type': text, 'cache-control': 'no-cache' }, body }
    },
  })

const tile = ({ logReading }: LogRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/log/tile/*path',
    operationId: 'getTile',
    summary:
      'A tile of the log (L/N, hashes) or a bundle of entries (entries/N), whole or, with ' +
      '.p/W at the end, its first W; C2SP tlog-tiles',
    params: z.object({ path: z.array(z.string()).meta({ type: 'string' }) }),
    answers: { 200: { description: 'The file', content: { [bytes]: 'binary' } } },
    refusals: ['unknown-log-file'],
    async handle({ request }) {
      // The path as it was sent: one file has one spelling, and no percent-encoded ones.
      const body = await logReading.readTile(request.path.slice('/log/'.length))
      return lasting(body, bytes)
    },
  })

const keys = ({ logKeys }: LogRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/log/keys',
    operationId: 'getLogKeys',
    summary: 'Verifier keys of the log, the newest first; a retired one with the size at its end',
    answers: { 200: { description: 'One key a line', content: { 'text/plain': 'text' } } },
    async handle() {
      const headers = { 'content-type': text, 'cache-control': 'no-cache' }
      return { status: 200, headers, body: await logKeys() }
    },
  })

const keyFile = ({ logReading }: LogRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/log/keys/:name',
    operationId: 'getLogKey',
    summary: 'A public key of the registry, by its thumbprint and .json',
    params: Name,
    answers: { 200: { description: 'The key', content: { 'application/json': 'binary' } } },
    refusals: ['unknown-log-file'],
    async handle({ params: { name } }) {
      return lasting(await logReading.readFile(`keys/${name}`), 'application/json')
    },
  })

const policy = ({ logPolicy }: LogRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/log/policy',
    operationId: 'getLogPolicy',
    summary: 'The log and its witnesses, C2SP tlog-policy; the quorum is for the reader to choose',
    answers: { 200: { description: 'The policy', content: { 'text/plain': 'text' } } },
    async handle() {
      const headers = { 'content-type': text, 'cache-control': 'no-cache' }
      return { status: 200, headers, body: await logPolicy() }
    },
  })

const stamps = ({ logReading }: LogRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/log/timestamps',
    operationId: 'listTimeStamps',
    summary: 'Names of the RFC 3161 time stamps over checkpoints, and of the checkpoints',
    answers: {
      200: {
        description: 'The names',
        content: { 'application/json': z.object({ items: z.array(z.string()) }) },
      },
    },
    async handle() {
      const names = await logReading.listFiles('timestamps/')
      const items = names.map((name) => name.slice('timestamps/'.length))
      return { status: 200, headers: { 'cache-control': 'no-cache' }, body: { json: { items } } }
    },
  })

const stamp = ({ logReading }: LogRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/log/timestamps/:name',
    operationId: 'getTimeStamp',
    summary: 'A time stamp (.tsr, RFC 3161) or the checkpoint it is over (.checkpoint)',
    params: Name,
    answers: {
      200: {
        description: 'The file',
        content: { 'application/timestamp-reply': 'binary', 'text/plain': 'text' },
      },
    },
    refusals: ['unknown-log-file'],
    async handle({ params: { name } }) {
      const isToken = name.endsWith('.tsr')
      const body = await logReading.readFile(`timestamps/${name}`)
      return lasting(body, isToken ? 'application/timestamp-reply' : text)
    },
  })

function lasting(body: Uint8Array, mediaType: string): Answer {
  return { status: 200, headers: { 'content-type': mediaType, 'cache-control': immutable }, body }
}
