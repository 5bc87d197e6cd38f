import { parseArgs } from 'node:util'
import { z } from 'zod'
import { proveKeyPossession } from '../attestation/key-possession.ts'
import { UnusableKey } from '../attestation/public-keys.ts'
import { InvalidJson, parseStrictJson, type JsonObject } from '../record/strict-json.ts'
import { CannotFetch, piecesOf, wholeOf } from './download.ts'
import { plainText } from './plain-text.ts'
import { readFileOf, readPrivateFileOf } from './read-file.ts'
import { required, UsageError } from './usage.ts'

/** The same numbers as those of the runner. */
const exitCodes = { refused: 1, noNetwork: 10 } as const
const timeoutMs = 60_000
const mostBytes = 1024 * 1024

const Nonce = z.object({ nonce: z.string(), project: z.string() })
const Registered = z.object({ kid: z.string(), project: z.string(), logIndex: z.int() })
const Problem = z.object({ code: z.string(), detail: z.string() })

/** The registry said no, and why. */
class Refused extends Error {}

/**
 * `stele keys add --registry URL …`: whoever holds a key registers it with a deposit
 * token, and shows that they hold it. Exit code 0 done, 1 refused, 2 not understood,
 * 10 no answer from the network.
 */
export async function registerKey(args: string[]): Promise<void> {
  const values = parseOptions(args)
  const registry = registryOf(required(values.registry, 'registry'))
  const token = await readToken(required(values['token-file'], 'token-file'))
  const privateJwk = await readPrivateJwk(required(values.key, 'key'))
  try {
    const known = await register({ registry, token, privateJwk, project: values.project })
    const when = known.isNew ? 'is registered' : 'was registered'
    process.stdout.write(
      `${plainText(known.kid)} ${when} for ${plainText(known.project)} at ${registry} (entry ${known.logIndex})\n`,
    )
  } catch (error) {
    if (!(error instanceof CannotFetch || error instanceof Refused)) throw error
    process.stderr.write(`stele: ${plainText(error.message)}\n`)
    process.exitCode = error instanceof Refused ? exitCodes.refused : exitCodes.noNetwork
  }
}

interface Registration {
  readonly registry: string
  readonly token: string
  readonly privateJwk: JsonObject
  readonly project: string | undefined
}

async function register({ registry, token, privateJwk, project: wanted }: Registration) {
  const given = await post(`${registry}/depositor-keys/nonce`, token)
  const { nonce, project: ofToken } = parseAnswer(Nonce, given)
  const project = wanted ?? ofToken
  if (wanted === undefined && ofToken === '*') {
    throw new UsageError('the token is for every project; say which one with --project')
  }
  const { publicKey, proof } = await provenBy(privateJwk, { registry, project, nonce })
  const { kid: _kid, alg: _alg, use: _use, ...jwk } = publicKey
  const body = `{"jwk":${JSON.stringify(jwk)},"proof":${proof}}`
  const answer = await post(`${registry}/depositor-keys`, token, body)
  return { ...parseAnswer(Registered, answer), isNew: answer.status === 201 }
}

async function provenBy(
  privateJwk: JsonObject,
  facts: { readonly registry: string; readonly project: string; readonly nonce: string },
) {
  try {
    return await proveKeyPossession(facts, privateJwk)
  } catch (error) {
    if (error instanceof UnusableKey) throw new UsageError(`--key: ${error.message}`)
    throw error
  }
}

interface Answer {
  readonly url: string
  readonly status: number
  readonly document: unknown
}

/** @throws Refused, CannotFetch */
async function post(url: string, token: string, body = ''): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const { status, text } = await sent(url, { method: 'POST', headers, body })
  const document = jsonOrNothing(text)
  if (status === 200 || status === 201) return { url, status, document }
  const { data } = Problem.safeParse(document)
  const reason = data === undefined ? `HTTP ${status}` : `${data.detail} [${data.code}]`
  throw new Refused(`${url} refused: ${reason}`)
}

// A redirect is never followed: it would take the token to another place.
async function sent(url: string, request: RequestInit): Promise<{ status: number; text: string }> {
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const answer = await fetch(url, { ...request, signal, redirect: 'manual' })
    const bytes = await wholeOf(url, piecesOf(url, answer.body), mostBytes)
    return { status: answer.status, text: bytes.toString() }
  } catch (error) {
    if (error instanceof CannotFetch) throw error
    throw new CannotFetch(`${url} does not answer`, { cause: error })
  }
}

/** @throws Refused when it is not what a registry says. */
function parseAnswer<Shape>(shape: z.ZodType<Shape>, { url, document }: Answer): Shape {
  const { data } = shape.safeParse(document)
  if (data !== undefined) return data
  throw new Refused(`${url} answered, but not as a registry does`)
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What is signed is the name by which the user knows the registry, never one it gives itself. */
function registryOf(text: string): string {
  const url = text.replace(/\/+$/, '')
  if (!/^https?:\/\/[^/?#@]+(\/[^?#]*)?$/.test(url) || !URL.canParse(url)) {
    throw new UsageError('--registry: expected the URL of a registry, http(s)://…')
  }
  const { protocol, hostname } = new URL(url)
  if (protocol === 'http:' && !/^(localhost|127\..*|\[::1\])$/.test(hostname)) {
    process.stderr.write(`warning: ${url} is not encrypted; others may read the token on the way\n`)
  }
  return url
}

async function readToken(file: string): Promise<string> {
  const token = new TextDecoder().decode(await readFileOf(file)).trim()
  // Anything else could smuggle a header into the request.
  if (!/^[!-~]+$/.test(token)) throw new UsageError(`${file} holds no token`)
  return token
}

async function readPrivateJwk(file: string): Promise<JsonObject> {
  const bytes = await readPrivateFileOf(file)
  try {
    const jwk = parseStrictJson(bytes)
    if (typeof jwk['d'] === 'string') return jwk
  } catch (error) {
    // Its words could quote the secret.
    if (!(error instanceof InvalidJson)) throw error
  }
  throw new UsageError(`${file} holds no private key as a JWK`)
}

function parseOptions(args: string[]) {
  try {
    const text = { type: 'string' } as const
    const options = { registry: text, 'token-file': text, key: text, project: text }
    return parseArgs({ args, options }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
