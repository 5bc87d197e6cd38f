import { z } from 'zod'
import { hexOf, type Digest } from '../record/digest.ts'
import { recordJsonSchema } from '../record/json-schema.ts'
import { limits } from '../record/limits.ts'
import { NotReady } from './refusals.ts'
import { defineRoute, type Route } from './route.ts'

export interface OperationParts {
  /** Why deposits are not possible now; `undefined` when they are. */
  readonly unready: () => Promise<string | undefined>
  /** Metrics in the Prometheus text format, and its media type. */
  readonly metrics: () => Promise<{ readonly text: string; readonly mediaType: string }>
  readonly publicKeys: () => Promise<readonly Readonly<Record<string, string>>[]>
  /** Files that are served as they are. */
  readonly openApi: string
  readonly styleSheet: string
  readonly verifyByHand: string
  readonly runner: { readonly bytes: Uint8Array; readonly digest: Digest }
}

const text = 'text/plain; charset=utf-8'

export function operationRoutes(parts: OperationParts): Route[] {
  const schema = JSON.stringify(recordJsonSchema(), null, 2)
  const yaml = 'application/yaml; charset=utf-8'
  return [
    health,
    readiness(parts),
    metrics(parts),
    jwks(parts),
    staticText(
      '/limits',
      'getLimits',
      'Every limit, with its value',
      JSON.stringify(limits),
      'application/json',
    ),
    staticText('/openapi.yaml', 'getOpenApi', 'This interface', parts.openApi, yaml),
    staticText(
      '/schema/record-1.json',
      'getSchema',
      'JSON Schema of a record',
      schema,
      'application/schema+json',
    ),
    staticText(
      '/style.css',
      'getStyle',
      'Style sheet of the pages',
      parts.styleSheet,
      'text/css; charset=utf-8',
    ),
    staticText(
      '/verify-by-hand.md',
      'getVerifyByHand',
      'How to check a record with common programs alone',
      parts.verifyByHand,
      text,
    ),
    staticText('/robots.txt', 'getRobots', 'What crawlers may read', robots, text),
    runner(parts),
    staticText(
      '/runner/stele.pyz.sha256',
      'getRunnerDigest',
      'SHA-256 of the runner, as sha256sum reads it',
      `${hexOf(parts.runner.digest)}  stele.pyz\n`,
      text,
    ),
  ]
}

const robots = 'User-agent: *\nDisallow: /blobs/\nDisallow: /*/bundle.tar\nDisallow: /records?\n'

const Status = z.object({ status: z.string() })

const health = defineRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'getHealth',
  summary: 'Whether the process is alive',
  answers: { 200: { description: 'It is', content: { 'application/json': Status } } },
  handle: async () => ({ status: 200, headers: noStore, body: { json: { status: 'ok' } } }),
})

const noStore = { 'cache-control': 'no-store' }

const readiness = ({ unready }: OperationParts) =>
  defineRoute({
    method: 'get',
    path: '/readyz',
    operationId: 'getReadiness',
    summary: 'Whether deposits are possible',
    answers: { 200: { description: 'They are', content: { 'application/json': Status } } },
    refusals: ['not-ready'],
    async handle() {
      const why = await unready()
      if (why !== undefined) throw new NotReady(why)
      return { status: 200, headers: noStore, body: { json: { status: 'ready' } } }
    },
  })

const metrics = (parts: OperationParts) =>
  defineRoute({
    method: 'get',
    path: '/metrics',
    operationId: 'getMetrics',
    summary: 'Numbers for Prometheus',
    answers: { 200: { description: 'Metrics', content: { 'text/plain': 'text' } } },
    async handle() {
      const { text: body, mediaType } = await parts.metrics()
      return { status: 200, headers: { ...noStore, 'content-type': mediaType }, body }
    },
  })

const KeySet = z.object({ keys: z.array(z.record(z.string(), z.string())) })

const jwks = ({ publicKeys }: OperationParts) =>
  defineRoute({
    method: 'get',
    path: '/.well-known/jwks.json',
    operationId: 'getKeys',
    summary: 'Public keys of the registry, RFC 7517',
    answers: { 200: { description: 'The keys', content: { 'application/jwk-set+json': KeySet } } },
    async handle() {
      const keys = (await publicKeys()).map((key) => ({ ...key }))
      const headers = { 'content-type': 'application/jwk-set+json', 'cache-control': 'max-age=300' }
      return { status: 200, headers, body: { json: { keys } } }
    },
  })

const runner = ({ runner: { bytes, digest } }: OperationParts) =>
  defineRoute({
    method: 'get',
    path: '/runner/stele.pyz',
    operationId: 'getRunner',
    summary: 'The runner: one file that needs only python3',
    answers: { 200: { description: 'The program', content: { 'application/zip': 'binary' } } },
    async handle() {
      const headers = {
        'content-type': 'application/zip',
        'cache-control': 'no-cache',
        'content-disposition': 'attachment; filename="stele.pyz"',
        etag: `"${hexOf(digest)}"`,
      }
      return { status: 200, headers, body: bytes }
    },
  })

function staticText(
  path: string,
  operationId: string,
  summary: string,
  body: string,
  mediaType: string,
): Route {
  const [type = mediaType] = mediaType.split(';')
  return defineRoute({
    method: 'get',
    path,
    operationId,
    summary,
    answers: { 200: { description: summary, content: { [type]: 'text' } } },
    async handle() {
      const headers = { 'content-type': mediaType, 'cache-control': 'public, max-age=300' }
      return { status: 200, headers, body }
    },
  })
}
