import assert from 'node:assert/strict'
import { readFile, symlink } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { canonicalText } from '../../src/record/canonical-json.ts'
import { run, runWell, temporaryDirectory, type Outcome } from '../bundle/programs.ts'
import { filePart, formOf, formType } from '../http/multipart-form.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from '../http/registry-under-test.ts'
import { digestOfText } from '../http/run-with-outputs.ts'
import { minimalRun } from '../record-fixtures.ts'
import { requireInFull } from '../tools.ts'

const page = path.join(import.meta.dirname, '../../docs/verify-by-hand.md')

/** A heading or a block of commands; the first two blocks have no heading of their own. */
const piece = /^## (?<heading>.*)$|^```sh\n(?<commands>[^]*?)^```$/gm

let registry: RegistryUnderTest
let settings: string
let pieces: RegExpExecArray[]

before(async () => {
  pieces = [...(await readFile(page, 'utf8')).matchAll(piece)]
  registry = await openRegistryUnderTest()
  const url = `http://127.0.0.1:${await registry.listen()}`
  for (const title of ['Before it', 'Before it too']) await deposit(minimalRun({ title }))
  const digest = await deposit(runWithDeck(), 'a deck')
  await deposit(minimalRun({ title: 'After it' }))
  const [vkey = ''] = (await request(registry.app).get('/log/keys')).text.split(/\s/)
  settings = `set -eu\nregistry=${url}\ndigest=${digest}\nvkey=${vkey}\n`
})
after(() => registry[Symbol.asyncDispose]())

const shells = {
  sh: ['sh'],
  // Otherwise it takes its input for a connection from afar, and reads the settings of a user.
  bash: ['bash', '--norc'],
  'the shell of BusyBox, with its own tools': ['busybox', 'sh'],
} as const

for (const [name, shell] of Object.entries(shells)) {
  const needed = requireInFull('curl', 'openssl', shell[0])
  describe(`The commands of docs/verify-by-hand.md, given to ${name},`, needed, () => {
    it('verify a bundle of a running registry', async () => {
      const { exitCode, stdout, stderr } = await runPage(shell)
      assert.equal(exitCode, 0, stderr)
      assert.match(String(stdout), /data\/record.json: OK\n/)
      assert.match(String(stdout), /data\/inputs\/deck.in: OK\n/)
      assert.equal(String(stdout).match(/Signature Verified Successfully/g)?.length, 2)
      assert.match(lastStepIn(stdout), /^7\. /)
    })
  })
}

/** After the manifests of a forger were made anew, which costs nothing. */
const madeAnew =
  'sha256sum $(sed "s/^.*  //" manifest-sha256.txt) > m; mv m manifest-sha256.txt; ' +
  'sha256sum $(sed "s/^.*  //" tagmanifest-sha256.txt) > m; mv m tagmanifest-sha256.txt'

const aForgedKey =
  'openssl genpkey -algorithm ed25519 | openssl pkey -pubout -outform DER | tail -c 32'

describe('The commands of docs/verify-by-hand.md', requireInFull('curl', 'openssl'), () => {
  for (const [what, damage, step] of [
    ['another record', "sed -i 's/Ada/Eve/' data/record.json", '1'],
    ['a damaged file', 'echo >> data/inputs/deck.in', '2'],
    ['a file that no list has', 'touch data/extra', '2'],
    ['a file that the record does not name', `echo other > data/inputs/deck.in; ${madeAnew}`, '2'],
    [
      'a receipt of another payload',
      `sed -i 's/"payload":"eyJibG9i/"payload":"eyJCbG9i/' stele/receipt.jws; ${madeAnew}`,
      '3',
    ],
    [
      'a receipt with another key under the same name',
      `x=$(${aForgedKey} | base64 | tr '/+' '_-' | tr -d =)
       sed -i "s|\\"x\\":\\"[^\\"]*|\\"x\\":\\"$x|" stele/jwks.json; ${madeAnew}`,
      '3',
    ],
    ['another time of the entry', `sed -i 's/T[0-9]/T9/' stele/leaf.json; ${madeAnew}`, '4'],
    ['another place', `sed -i 's/^index .*/index 1/' stele/record.tlog-proof; ${madeAnew}`, '5'],
    ['a shorter proof', `sed -i 3d stele/record.tlog-proof; ${madeAnew}`, '5'],
    ['a longer proof', `sed -i '3{p;p;p;p}' stele/record.tlog-proof; ${madeAnew}`, '5'],
    [
      'another root',
      `root=$(head -c 32 /dev/zero | base64)
       sed -i "/log$/{n;n;s|.*|$root|}" stele/record.tlog-proof; ${madeAnew}`,
      '5',
    ],
    [
      'a checkpoint that somebody else signed',
      `signature=$( { tail -n 1 stele/record.tlog-proof | cut -d' ' -f3 | base64 -d | head -c 4
         head -c 64 /dev/zero; } | base64 | tr -d '\\n')
       sed -i "$ s|[^ ]*$|$signature|" stele/record.tlog-proof; ${madeAnew}`,
      '6',
    ],
    [
      'a log with another key than the reader expects',
      `key=$( { printf '\\001'; ${aForgedKey}; } | base64)
       id=$( { echo "\${vkey%%+*}"; echo "$key" | base64 -d; } | sha256sum | cut -c 1-8)
       vkey="\${vkey%%+*}+$id+$key"`,
      '6',
    ],
    ['a key under the name of another', 'vkey="example.org/${vkey}"', '6'],
  ] as const) {
    it(`fail at step ${step} on ${what}`, async () => {
      const { exitCode, stdout } = await runPage(['sh'], damage)
      assert.notEqual(exitCode, 0)
      assert.equal(lastStepIn(stdout).slice(0, 1), step)
    })
  }
})

/** Runs all blocks as one script; `damage` is done to the unpacked bundle, in its directory. */
async function runPage(shell: readonly string[], damage = ''): Promise<Outcome> {
  await using directory = await temporaryDirectory()
  const [, second = '', ...steps] = pieces.map(({ groups: { heading, commands } = {} }) =>
    heading === undefined ? (commands ?? '') : `echo "## ${heading}"\n`,
  )
  const script = [settings, second, `${damage}\n`, ...steps].join('')
  const PATH = shell[0] === 'busybox' ? await busyBoxPath(directory.path) : process.env['PATH']
  return await run([...shell, '-c', script], { cwd: directory.path, env: { PATH } })
}

/** PATH with the tools of BusyBox, and of others only those that it has not. */
async function busyBoxPath(directory: string): Promise<string> {
  const where = async (name: string) =>
    String(await runWell(['sh', '-c', `command -v ${name}`])).trim()
  const busybox = await where('busybox')
  const applets =
    'base64 cat cut date find grep head mkdir mv od printf sed sha256sum tail tar tr wc'.split(' ')
  for (const name of ['busybox', ...applets]) await symlink(busybox, path.join(directory, name))
  for (const name of ['curl', 'openssl'])
    await symlink(await where(name), path.join(directory, name))
  return directory
}

function lastStepIn(stdout: Buffer): string {
  return String(stdout).split(/^## /m).at(-1) ?? ''
}

function runWithDeck() {
  const digest = digestOfText('a deck')
  return minimalRun({
    title: 'A run with a deck',
    plan: {
      inputs: [{ path: 'deck.in', role: 'deck', availability: 'retained', digest, size: 6 }],
      stages: [{ id: 'run', kind: 'run', command: ['true'] }],
    },
  })
}

async function deposit(record: ReturnType<typeof minimalRun>, file?: string): Promise<string> {
  const parts = [filePart('record', canonicalText(record))]
  if (file !== undefined) parts.push(filePart('file', file))
  const answer = await request(registry.app)
    .post('/records')
    .set('authorization', registry.bearer)
    .set('content-type', formType)
    .send(formOf(...parts))
  assert.equal(answer.status, 201, answer.text)
  return answer.body.digest
}
