import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, it } from 'node:test'
import request from 'supertest'
import { minimalRun } from '../record-fixtures.ts'
import { firstBearer, startService } from '../service/service-process.ts'
import { temporaryData } from '../service/temporary-data.ts'

const root = path.join(import.meta.dirname, '../..')
const programs = [
  { name: 'stele', command: [process.execPath, path.join(root, 'src/cli/main.ts')] },
  { name: 'the runner', command: ['python3', path.join(root, 'runner/dist/stele.pyz')] },
]

/** Runs a command where there is no network at all, not even to the same machine. */
function runWithoutNetwork(command: readonly string[]) {
  return spawnSync('unshare', ['--map-root-user', '--net', ...command], { encoding: 'utf8' })
}

/** Not every machine lets its users have a network of their own. */
const isolation =
  runWithoutNetwork(['true']).status === 0 || process.env['STELE_TEST_FULL'] === '1'
    ? { skip: false }
    : { skip: 'no network namespaces for this user' }

describe('A bundle, when the registry is gone and there is no network', () => {
  for (const { name, command } of programs) {
    it(
      `is verified by ${name} with the policy and the receipt key that were kept`,
      isolation,
      async () => {
        await using data = await temporaryData()
        const { digest, trust, bag } = await keepBundle(data.path)
        const options = ['--digest', digest, ...trust]
        const verified = runWithoutNetwork([...command, 'verify', bag, ...options])
        assert.equal(verified.status, 0, verified.stdout + verified.stderr)
      },
    )
  }
})

/** What a reader keeps of a record: its digest, the unpacked bundle, and the keys. */
async function keepBundle(
  directory: string,
): Promise<{ digest: string; trust: string[]; bag: string }> {
  await using service = await startService(directory)
  const deposited = await request(service.url)
    .post('/records')
    .set({
      authorization: await firstBearer(directory),
      'content-type': 'application/json',
    })
    .send(JSON.stringify(minimalRun()))
  const { digest } = deposited.body
  const policy = path.join(directory, 'policy')
  const keys = path.join(directory, 'keys.json')
  const tar = path.join(directory, 'bundle.tar')
  const kept = path.join(directory, 'kept')
  const logKeys = await textOf(`${service.url}/log/keys`)
  await writeFile(policy, `log ${logKeys.split(/\s/)[0]}\nquorum none\n`)
  await writeFile(keys, await textOf(`${service.url}/.well-known/jwks.json`))
  const bundle = await fetch(`${service.url}/records/${digest}/bundle.tar`)
  await writeFile(tar, new Uint8Array(await bundle.arrayBuffer()))
  await mkdir(kept)
  execFileSync('tar', ['xf', tar, '-C', kept])
  const [top = ''] = await readdir(kept)
  return {
    digest,
    trust: ['--policy', policy, '--receipt-keys', keys],
    bag: path.join(kept, top),
  }
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text()
}
