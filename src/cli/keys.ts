import { listKeys } from './keys-list.ts'
import { addDepositorKey, revokeDepositorKey } from './keys-of-depositors.ts'
import { registerKey } from './keys-register.ts'
import { retireKey, rotateKey } from './keys-rotate.ts'
import { UsageError } from './usage.ts'

/** `stele keys`: those with which depositors sign, and those of the registry itself. */
export async function keysCommand(args: string[]): Promise<void> {
  const [action = '', ...rest] = args
  switch (action) {
    case 'list':
      return listKeys(rest)
    case 'add':
      return isForRegistry(rest) ? registerKey(rest) : addDepositorKey(rest)
    case 'revoke':
      return revokeDepositorKey(rest)
    case 'rotate':
      return rotateKey(rest)
    case 'retire':
      return retireKey(rest)
    default:
      throw new UsageError('expected: stele keys list | add | revoke | rotate | retire')
  }
}

function isForRegistry(args: readonly string[]): boolean {
  return args.some((argument) => /^--registry(=|$)/.test(argument))
}
