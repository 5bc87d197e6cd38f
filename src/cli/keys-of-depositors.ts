import { parseArgs } from 'node:util'
import { secondsText } from '../archive/clock.ts'
import { depositorKeyEntry } from '../archive/key-entries.ts'
import { parsePublicKey, UnusableKey } from '../attestation/public-keys.ts'
import { InvalidJson, parseStrictJson } from '../record/strict-json.ts'
import { freePort } from '../service/server.ts'
import { environmentSettings } from '../service/settings.ts'
import { openOperatorLists } from '../service/operator-access.ts'
import { splitKid } from './key-argument.ts'
import { readFileOf } from './read-file.ts'
import { required, UsageError } from './usage.ts'

/** `stele keys add --project P --jwk FILE`: the operator vouches for whose key it is. */
export async function addDepositorKey(args: string[]): Promise<void> {
  const { values, positionals } = parseOptions(args)
  if (positionals.length > 0)
    throw new UsageError('expected: stele keys add --project P --jwk FILE')
  const project = required(values.project, 'project')
  const file = required(values.jwk, 'jwk')
  const { alg: _alg, use: _use, kid, ...jwk } = await readPublicKey(file)
  await using lists = await openOperatorLists(await environmentSettings(freePort))
  const at = secondsText(new Date())
  const entry = await depositorKeyEntry({ action: 'bound', kid, project, at })
  const outcome = await lists.accessList.addDepositorKey({ kid, project, jwk, addedAt: at }, entry)
  const { revokedAt } = (await lists.accessList.findDepositorKey(kid, project)) ?? {}
  if (revokedAt !== undefined) {
    throw new UsageError(
      `the key ${kid} of ${project} was revoked at ${revokedAt}; add another one`,
    )
  }
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

/** `stele keys revoke KID --project P` */
export async function revokeDepositorKey(args: string[]): Promise<void> {
  const { kid: first, rest } = splitKid(args)
  const { values, positionals } = parseOptions(rest)
  const kid = first ?? positionals[0]
  if (kid === undefined) throw new UsageError('expected: stele keys revoke KID --project P')
  const project = required(values.project, 'project')
  await using lists = await openOperatorLists(await environmentSettings(freePort))
  const at = secondsText(new Date())
  const entry = await depositorKeyEntry({ action: 'revoked', kid, project, at })
  if ((await lists.accessList.revokeDepositorKey({ kid, project, at }, entry)) === 'unknown') {
    throw new UsageError(`no key ${kid} of ${project}; see "stele keys list"`)
  }
  process.stdout.write(`${kid} is revoked for ${project}\n`)
}
