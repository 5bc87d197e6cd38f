import { parseArgs } from 'node:util'
import { freePort } from '../service/server.ts'
import { environmentSettings } from '../service/settings.ts'
import { InvalidTokenRequest, makeToken } from '../service/tokens.ts'
import { openOperatorLists } from '../service/operator-access.ts'
import { parseDays, refuseArguments, required, UsageError } from './usage.ts'

/** `stele token create | list | revoke`. The text of a token is shown once, on stdout. */
export async function tokenCommand(args: string[]): Promise<void> {
  const [action = '', ...rest] = args
  switch (action) {
    case 'create':
      return createToken(rest)
    case 'list':
      return listTokens(rest)
    case 'revoke':
      return revokeToken(rest)
    default:
      throw new UsageError('expected: stele token create | list | revoke')
  }
}

async function createToken(args: string[]): Promise<void> {
  const { values } = parseOptions(args)
  const project = required(values.project, 'project')
  if (values.scope !== 'deposit') throw new UsageError('the only scope is deposit')
  const days = parseDays(values.expires)
  await using lists = await openOperatorLists(await environmentSettings(freePort))
  try {
    const { text, token } = makeToken({ project, days, now: new Date() })
    await lists.accessList.addToken(token)
    process.stderr.write(`token ${token.id} for ${project}, valid until ${token.expiresAt}\n`)
    process.stdout.write(`${text}\n`)
  } catch (error) {
    if (error instanceof InvalidTokenRequest) throw new UsageError(error.message)
    throw error
  }
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        project: { type: 'string' },
        scope: { type: 'string', default: 'deposit' },
        expires: { type: 'string', default: '90d' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

async function listTokens(args: string[]): Promise<void> {
  refuseArguments(args, 'stele token list')
  await using lists = await openOperatorLists(await environmentSettings(freePort))
  for (const token of await lists.accessList.listTokens()) {
    const state = token.revokedAt === undefined ? `expires ${token.expiresAt}` : 'revoked'
    const used = token.lastUsedAt ?? 'never'
    process.stdout.write(
      `${token.id}  ${token.project}  ${token.scope}  ${state}  last used ${used}\n`,
    )
  }
}

async function revokeToken(args: string[]): Promise<void> {
  const [id] = args
  if (id === undefined || args.length !== 1) throw new UsageError('expected: stele token revoke ID')
  await using lists = await openOperatorLists(await environmentSettings(freePort))
  if (!(await lists.accessList.revokeToken(id, new Date().toISOString()))) {
    throw new UsageError(`no token ${JSON.stringify(id)}; see "stele token list"`)
  }
  process.stdout.write(`token ${id} is revoked\n`)
}
