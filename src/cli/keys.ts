import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { secondsText } from '../archive/clock.ts'
import { depositorKeyEntry } from '../archive/key-entries.ts'
import { parsePublicKey, UnusableKey } from '../attestation/public-keys.ts'
import { InvalidJson, parseStrictJson } from '../record/strict-json.ts'
import { freePort } from '../service/server.ts'
import { environmentSettings } from '../service/settings.ts'
import { openAccessList } from '../service/wire.ts'
import { refuseArguments, required, UsageError } from './usage.ts'

/** `stele keys add | list | revoke`: public keys with which depositors sign. */
export async function keysCommand(args: string[]): Promise<void> {
  const [action = '', ...rest] = args
  switch (action) {
    case 'add':
      return addKey(rest)
    case 'list':
      return listKeys(rest)
    case 'revoke':
      return revokeKey(rest)
    default:
      throw new UsageError('expected: stele keys add | list | revoke')
  }
}

async function addKey(args: string[]): Promise<void> {
  const { values } = parseOptions(args)
  const project = required(values.project, 'project')
  const file = required(values.jwk, 'jwk')
  const { alg: _alg, use: _use, ...key } = await readPublicKey(file)
  await using accessList = await openAccessList(await environmentSettings(freePort))
  const { kid, ...jwk } = key
  const at = secondsText(new Date())
  const entry = await depositorKeyEntry({ action: 'bound', kid, project, at })
  const outcome = await accessList.addDepositorKey({ kid, project, jwk, addedAt: at }, entry)
  process.stdout.write(
    `${kid} ${outcome === 'added' ? 'is registered' : 'was registered'} for ${project}\n`,
  )
}

async function readPublicKey(file: string) {
  const bytes = await readFileOf(file)
  try {
    return await parsePublicKey(parseStrictJson(bytes))
  } catch (error) {
    if (error instanceof UnusableKey) throw new UsageError(`${file}: ${error.message}`)
    if (error instanceof InvalidJson) throw new UsageError(`${file} holds no public key as a JWK`)
    throw error
  }
}

async function readFileOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new UsageError(`${file} cannot be read (${String(error.code)})`)
  }
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { project: { type: 'string' }, jwk: { type: 'string' } },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

async function listKeys(args: string[]): Promise<void> {
  refuseArguments(args, 'stele keys list')
  await using accessList = await openAccessList(await environmentSettings(freePort))
  for (const key of await accessList.listDepositorKeys()) {
    const state = key.revokedAt === undefined ? 'valid' : `revoked ${key.revokedAt}`
    process.stdout.write(`${key.kid}  ${key.project}  added ${key.addedAt}  ${state}\n`)
  }
}

// The thumbprint of every 64th key begins with a hyphen, and is no option.
const thumbprintForm = /^[A-Za-z0-9_-]{43}$/

async function revokeKey(args: string[]): Promise<void> {
  const [first = ''] = args
  const isKidFirst = thumbprintForm.test(first)
  const { values, positionals } = parseOptions(isKidFirst ? args.slice(1) : args)
  const kid = isKidFirst ? first : positionals[0]
  if (kid === undefined) throw new UsageError('expected: stele keys revoke KID --project P')
  const project = required(values.project, 'project')
  await using accessList = await openAccessList(await environmentSettings(freePort))
  const at = secondsText(new Date())
  const entry = await depositorKeyEntry({ action: 'revoked', kid, project, at })
  if ((await accessList.revokeDepositorKey({ kid, project, at }, entry)) === 'unknown') {
    throw new UsageError(`no key ${kid} of ${project}; see "stele keys list"`)
  }
  process.stdout.write(`${kid} is revoked for ${project}\n`)
}
