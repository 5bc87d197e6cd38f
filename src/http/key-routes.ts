import { z } from 'zod'
import type { KeyRegister } from '../archive/register-key.ts'
import { parsePublicKey } from '../attestation/public-keys.ts'
import { limits } from '../record/limits.ts'
import { mediaTypeOf } from './media-type.ts'
import { bodyOf, receiveBytes } from './received-body.ts'
import { defineRoute, type Route } from './route.ts'

export interface KeyRouteParts {
  readonly keyRegister: KeyRegister
  readonly onKeyChanged: (fact: { kid: string; logIndex: number; action: string }) => void
}

const jsonMediaType = 'application/json'
const Kid = z.object({ kid: z.string().max(100) })

/** Public keys with which depositors sign. */
export function keyRoutes(parts: KeyRouteParts): Route[] {
  return [issueNonce(parts), registerKey(parts), showKey(parts), revokeKey(parts)]
}

const Nonce = z.object({
  nonce: z.string(),
  expiresAt: z.string(),
  project: z.string().describe('That of the token; * stands for every project'),
})

const issueNonce = ({ keyRegister }: KeyRouteParts) =>
  defineRoute({
    method: 'post',
    path: '/depositor-keys/nonce',
    operationId: 'issueKeyNonce',
    summary: 'A text to be signed by a key that is about to be registered',
    access: 'deposit',
    answers: {
      200: { description: 'The text and its end', content: { [jsonMediaType]: Nonce } },
    },
    async handle({ depositor }) {
      const { nonce, expiresAt } = keyRegister.issueNonce(depositor)
      const json = { nonce, expiresAt: expiresAt.toISOString(), project: depositor.project }
      return { status: 200, headers: { 'cache-control': 'no-store' }, body: { json } }
    },
  })

const Registration = z.object({
  jwk: z.record(z.string(), z.string()).describe('A public key, RFC 7517'),
  proof: z
    .object({ payload: z.string(), protected: z.string(), signature: z.string() })
    .describe('A JWS of that key, RFC 7515, with kid, nonce, project and registry'),
})

const Registered = z.object({
  kid: z.string(),
  project: z.string(),
  addedAt: z.string(),
  logIndex: z.int(),
})

const registerKey = ({ keyRegister, onKeyChanged }: KeyRouteParts) =>
  defineRoute({
    method: 'post',
    path: '/depositor-keys',
    operationId: 'registerKey',
    summary: "Register a public key, to sign deposits of the token's project with",
    access: 'deposit',
    body: { [jsonMediaType]: Registration },
    answers: {
      200: { description: 'Registered before', content: { [jsonMediaType]: Registered } },
      201: { description: 'Registered', content: { [jsonMediaType]: Registered } },
    },
    refusals: [
      'unsupported-media-type',
      'body-too-large',
      'invalid-json',
      'unusable-key',
      'invalid-key-proof',
      'invalid-nonce',
      'wrong-project',
      'revoked-key',
      'storage-full',
      'log-stopped',
      'publication-delayed',
    ],
    async handle({ depositor, request }) {
      mediaTypeOf(request, [jsonMediaType])
      const body = await receiveBytes(bodyOf(request), limits.keyRegistrationBytes)
      const { outcome, key } = await keyRegister.register(body, depositor)
      const { kid, project, addedAt, addedIndex: logIndex } = key
      if (outcome === 'changed') onKeyChanged({ kid, logIndex, action: 'bound' })
      return {
        status: outcome === 'changed' ? 201 : 200,
        headers: { location: `/depositor-keys/${kid}` },
        body: { json: { kid, project, addedAt, logIndex } },
      }
    },
  })

const KnownKey = z.object({
  kid: z.string(),
  jwk: z.record(z.string(), z.string()),
  projects: z.array(
    z.object({
      project: z.string().describe('* stands for every project'),
      addedAt: z.string(),
      logIndex: z.int(),
      revokedAt: z.string().nullable(),
      revokedLogIndex: z.int().nullable(),
    }),
  ),
})

const showKey = ({ keyRegister }: KeyRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/depositor-keys/:kid',
    operationId: 'showKey',
    summary: "A depositor's public key: since when it may sign, for which projects, until when",
    params: Kid,
    answers: { 200: { description: 'The key', content: { [jsonMediaType]: KnownKey } } },
    refusals: ['unknown-key', 'invalid-parameter'],
    async handle({ params: { kid } }) {
      const known = await keyRegister.find(kid)
      const jwk = { ...(await parsePublicKey(known[0].jwk)) }
      const projects = known.map((key) => ({
        project: key.project,
        addedAt: key.addedAt,
        logIndex: key.addedIndex,
        revokedAt: key.revokedAt ?? null,
        revokedLogIndex: key.revokedIndex ?? null,
      }))
      const headers = { 'cache-control': 'no-cache' }
      return { status: 200, headers, body: { json: { kid, jwk, projects } } }
    },
  })

const Revoked = z.object({
  kid: z.string(),
  project: z.string(),
  revokedAt: z.string(),
  logIndex: z.int(),
})

const revokeKey = ({ keyRegister, onKeyChanged }: KeyRouteParts) =>
  defineRoute({
    method: 'post',
    path: '/depositor-keys/:kid/revocation',
    operationId: 'revokeKey',
    summary: 'Take a key out of use for ever; what it signed before stays as it is',
    access: 'deposit',
    params: Kid,
    query: z.object({ project: z.string().min(1).max(limits.queryCharacters).optional() }),
    answers: {
      200: { description: 'Revoked before', content: { [jsonMediaType]: Revoked } },
      201: { description: 'Revoked', content: { [jsonMediaType]: Revoked } },
    },
    refusals: [
      'invalid-parameter',
      'wrong-project',
      'unknown-key',
      'storage-full',
      'log-stopped',
      'publication-delayed',
    ],
    async handle({ params, query, depositor }) {
      const chosen = query.project ?? depositor.project
      const { outcome, key } = await keyRegister.revoke(params.kid, chosen, depositor)
      const { kid, project, revokedAt = '', revokedIndex: logIndex = -1 } = key
      if (outcome === 'changed') onKeyChanged({ kid, logIndex, action: 'revoked' })
      const status = outcome === 'changed' ? 201 : 200
      return { status, body: { json: { kid, project, revokedAt, logIndex } } }
    },
  })
