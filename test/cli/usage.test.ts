import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keysCommand } from '../../src/cli/keys.ts'
import { serveCommand } from '../../src/cli/serve.ts'
import { tokenCommand } from '../../src/cli/token.ts'
import { UsageError } from '../../src/cli/usage.ts'
import { settingsHelp } from '../../src/service/settings.ts'
import { runStele } from '../service/service-process.ts'

describe('stele', () => {
  for (const args of [[], ['--help'], ['token', '--help']]) {
    it(`says how it is used: stele ${args.join(' ')}`, async () => {
      const { code, output, errors } = await runStele(args, {})
      assert.equal(code, 0)
      assert.match(output, /^stele: a registry for executed HPC workflows\n\n {2}stele serve /)
      assert.equal(errors, '')
    })
  }

  it('explains every setting of the service', async () => {
    const { code, output } = await runStele(['serve', '--help'], {})
    assert.equal(code, 0)
    for (const { name, meaning, fallback } of settingsHelp) {
      assert.ok(output.includes(`  ${name}\n      ${meaning}\n      default: ${fallback}\n`))
    }
  })

  for (const [args, complaint] of [
    [['sevre'], /^stele: no command "sevre"\n\nstele: a registry/],
    [['toString'], /^stele: no command "toString"\n/],
    [['__proto__'], /^stele: no command "__proto__"\n/],
    [['token', 'make'], /^stele: expected: stele token create \| list \| revoke\n$/],
  ] as const) {
    it(`complains and ends with 2: stele ${args.join(' ')}`, async () => {
      const { code, output, errors } = await runStele(args, {})
      assert.equal(code, 2)
      assert.equal(output, '')
      assert.match(errors, complaint)
    })
  }
})

describe('A command line that is not understood', () => {
  const commands = { serve: serveCommand, token: tokenCommand, keys: keysCommand }
  for (const [name, args, complaint] of [
    ['serve', ['now'], /stele serve takes no arguments/],
    ['token', [], /expected: stele token create \| list \| revoke/],
    ['token', ['create'], /--project is missing/],
    ['token', ['create', '--project='], /--project is missing/],
    ['token', ['create', '--project', 'P', '--expires', 'soon'], /expected days, e\.g\. 90d/],
    ['token', ['create', '--project', 'P', '--expires', '0d'], /expected days, e\.g\. 90d/],
    ['token', ['create', '--project', 'P', '--expires', '1.5d'], /expected days, e\.g\. 90d/],
    ['token', ['create', '--project', 'P', '--scope', 'admin'], /the only scope is deposit/],
    ['token', ['create', '--project', 'P', '--for', 'me'], /Unknown option '--for'/],
    ['token', ['create', 'P'], /Unexpected argument 'P'/],
    ['token', ['list', 'all'], /stele token list takes no arguments/],
    ['token', ['revoke'], /expected: stele token revoke ID/],
    ['token', ['revoke', 'a', 'b'], /expected: stele token revoke ID/],
    ['keys', [], /expected: stele keys list \| add \| revoke \| rotate \| retire/],
    ['keys', ['add', '--project', 'P'], /--jwk is missing/],
    ['keys', ['add', '--jwk', 'f'], /--project is missing/],
    ['keys', ['list', 'all'], /stele keys list takes no arguments/],
    ['keys', ['revoke', '--project', 'P'], /expected: stele keys revoke KID --project P/],
    ['keys', ['revoke', 'kid'], /--project is missing/],
  ] as const) {
    it(`says what is expected: stele ${name} ${args.join(' ')}`, async () => {
      await assert.rejects(commands[name]([...args]), (error) => {
        assert.ok(error instanceof UsageError)
        assert.match(error.message, complaint)
        return true
      })
    })
  }
})
