import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { parsePublicKey, UnusableKey } from '../attestation/public-keys.ts'
import { parseStrictJson } from '../record/strict-json.ts'
import { freePort } from '../service/server.ts'
import { environmentSettings } from '../service/settings.ts'
import { openAccessList } from '../service/wire.ts'
import { required, UsageError } from './usage.ts'

/** `stele keys add | list | revoke`: public keys with which depositors sign. */
export async function keysCommand(args: string[]): Promise<void> {
  const [action = '', ...rest] = args
  switch (action) {
    case 'add':
      return addKey(rest)
    case 'list':
      return listKeys()
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
  await using accessList = openAccessList(await environmentSettings(freePort))
  const { kid, ...jwk } = key
  const addedAt = new Date().toISOString()
  const outcome = await accessList.addDepositorKey({ kid, project, jwk, addedAt })
  process.stdout.write(
    `${kid} ${outcome === 'added' ? 'is registered' : 'was registered'} for ${project}\n`,
  )
}

async function readPublicKey(file: string) {
  try {
    return await parsePublicKey(parseStrictJson(await readFile(file)))
  } catch (error) {
    if (error instanceof UnusableKey) throw new UsageError(error.message)
    throw error
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

async function listKeys(): Promise<void> {
  await using accessList = openAccessList(await environmentSettings(freePort))
  for (const key of await accessList.listDepositorKeys()) {
    const state = key.revokedAt === undefined ? 'valid' : `revoked ${key.revokedAt}`
    process.stdout.write(`${key.kid}  ${key.project}  added ${key.addedAt}  ${state}\n`)
  }
}

async function revokeKey(args: string[]): Promise<void> {
  const { values, positionals } = parseOptions(args)
  const project = required(values.project, 'project')
  const [kid] = positionals
  if (kid === undefined) throw new UsageError('expected: stele keys revoke KID --project P')
  await using accessList = openAccessList(await environmentSettings(freePort))
  if (!(await accessList.revokeDepositorKey(kid, project, new Date().toISOString()))) {
    throw new UsageError(`no key ${kid} of ${project}; see "stele keys list"`)
  }
  process.stdout.write(`${kid} is revoked for ${project}\n`)
}
