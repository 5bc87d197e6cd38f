#!/usr/bin/env node
import { UsageError } from './usage.ts'
import { CannotServe } from '../service/cannot-serve.ts'
import { auditCommand } from './audit.ts'
import { keysCommand } from './keys.ts'
import { renewCommand } from './renew.ts'
import { serveCommand } from './serve.ts'
import { tokenCommand } from './token.ts'
import { verifyCommand } from './verify.ts'
import { witnessCommand } from './witness.ts'

const usage = `stele: a registry for executed HPC workflows

  stele serve [--help]                       start the service
  stele token create --project P [--scope deposit] [--expires 90d]
  stele token list
  stele token revoke ID
  stele keys list                            keys of the registry, then those of depositors
  stele keys add --project P --jwk FILE      register a depositor's public key
  stele keys add --registry URL --token-file FILE --key PRIVATE.jwk [--project P]
                                             register your own key at a registry
  stele keys revoke KID --project P
  stele keys rotate log|receipt              give the registry a new key; stop the service first
  stele keys retire KID                      end a key of the log that was rotated
  stele renew                                bind the log with hashes of SHA-512; stop the service first
  stele verify BUNDLE.tar|DIRECTORY|URL      check a record without trusting who serves it
      [--digest sha256:...] [--policy FILE] [--receipt-keys JWKS] [--json]
  stele audit URL|DIRECTORY [--state FILE]   follow a registry's log, and hold what it shows against it
      [--key VKEY]... [--records] [--blobs] [--since INDEX] [--json]
  stele witness --data DIR --listen HOST:PORT --name NAME --log VKEY[=URL] [--log ...]
                                             cosign checkpoints of other registries' logs

Settings come from the environment; see "stele serve --help".
`

const commands: ReadonlyMap<string, (args: string[]) => Promise<void>> = new Map([
  ['serve', serveCommand],
  ['token', tokenCommand],
  ['keys', keysCommand],
  ['renew', renewCommand],
  ['verify', verifyCommand],
  ['audit', auditCommand],
  ['witness', witnessCommand],
])

async function main(args: string[]): Promise<void> {
  const [name = '', ...rest] = args
  const isHelpWanted = rest[0] === '--help' && name !== 'serve'
  if (isHelpWanted || name === '' || name === '--help' || name === 'help') {
    process.stdout.write(usage)
    return
  }
  const command = commands.get(name)
  if (command === undefined) throw new UsageError(`no command ${JSON.stringify(name)}\n\n${usage}`)
  await command(rest)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  const isForOperator = error instanceof UsageError || error instanceof CannotServe
  const text =
    error instanceof Error ? (isForOperator ? error.message : error.stack) : String(error)
  process.stderr.write(`stele: ${text}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
