import assert from 'node:assert/strict'
import { chmod, cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { noteEvent } from '../record-event-fixtures.ts'
import { temporaryData } from '../service/temporary-data.ts'
import {
  catalogIn,
  changeCatalog,
  copyOf,
  depositIn,
  everythingIn,
  openIn,
  stoppedRegistry,
  type StoppedRegistry,
} from './damaged-data.ts'
import { fillLog, renewalNumbered } from './fill-log.ts'

const data = await temporaryData()
let stopped: StoppedRegistry

before(async () => {
  stopped = await stoppedRegistry(data.path)
})
after(() => data[Symbol.asyncDispose]())

interface Damage {
  readonly name: string
  readonly damage: (directory: string) => Promise<void> | void
  readonly settings?: Readonly<Record<string, string>>
  /** What the operator is told. */
  readonly words: RegExp
}

const damages: readonly Damage[] = [
  {
    name: 'a catalog from an old backup',
    damage: (directory) => cp(catalogIn(stopped.older), catalogIn(directory)),
    words: /the published log has 600 entries, the catalog has signed for 3 only; was the catalog/,
  },
  {
    name: 'a catalog that has forgotten its newest checkpoint',
    damage: (directory) =>
      changeCatalog(
        directory,
        'DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)',
      ),
    words: /the published log has 600 entries, the catalog has signed for \d+ only/,
  },
  {
    name: 'a catalog that has forgotten its newest entries',
    damage: (directory) =>
      changeCatalog(
        directory,
        'DELETE FROM record WHERE log_index = 599; DELETE FROM log_entry WHERE log_index > 597',
      ),
    words: /the catalog has 598 entries, 600 are published/,
  },
  {
    name: 'a store from an old backup',
    damage: async (directory) => {
      await rm(join(directory, 'blobs'), { recursive: true })
      await cp(join(stopped.older, 'blobs'), join(directory, 'blobs'), { recursive: true })
    },
    words: /the catalog has signed for 600 entries, the published log has 3; was the store/,
  },
  {
    name: 'a store without the checkpoint',
    damage: (directory) => rm(join(directory, 'blobs/log/checkpoint')),
    words: /the catalog has signed for 600 entries, the published log has 0; was the store/,
  },
  {
    name: 'an entry of other bytes in the catalog',
    damage: (directory) =>
      changeCatalog(
        directory,
        "UPDATE log_entry SET leaf = CAST('altered' AS BLOB) WHERE log_index = 300",
      ),
    words: /entry 300 of the catalog was altered/,
  },
  {
    name: 'another entry in the catalog, with its own hash',
    damage: (directory) => {
      const { leafHash } = renewalNumbered(1_000_000)
      const leaf = String(renewalNumbered(1_000_000).leaf)
      changeCatalog(
        directory,
        `UPDATE log_entry SET leaf = CAST('${leaf}' AS BLOB), leaf_hash = '${leafHash}' WHERE log_index = 300`,
      )
    },
    words:
      /the 600 entries of the catalog have the root [0-9a-f]{64}, the published checkpoint says/,
  },
  {
    name: 'an entry that was altered before it was published',
    damage: (directory) => {
      fillLog(catalogIn(directory), 601)
      changeCatalog(
        directory,
        "UPDATE log_entry SET leaf = CAST('altered' AS BLOB) WHERE log_index = 600",
      )
    },
    words: /entry 600 of the catalog was altered/,
  },
  {
    name: 'another root signed for in the catalog',
    damage: (directory) =>
      changeCatalog(
        directory,
        "UPDATE checkpoint SET root = replace(root, 'a', 'b') WHERE size = 600",
      ),
    words: /the catalog has signed another root for 600 entries than is published/,
  },
  {
    name: 'an altered tile',
    damage: (directory) => alter(join(directory, 'blobs/log/tile/0/002.p/88')),
    words: /the published tiles do not have the root of their 600 entries/,
  },
  {
    name: 'a lost tile',
    damage: (directory) => rm(join(directory, 'blobs/log/tile/1/000.p/2')),
    words: /the published log lacks tile\/1\/000\.p\/2/,
  },
  {
    name: 'a cut tile',
    damage: async (directory) => {
      const file = join(directory, 'blobs/log/tile/1/000.p/2')
      const bytes = await readFile(file)
      await rewrite(file, bytes.subarray(0, 40))
    },
    words: /tile\/1\/000\.p\/2 of the published log has 40 bytes/,
  },
  {
    name: 'an altered bundle of entries',
    damage: (directory) => alter(join(directory, 'blobs/log/tile/entries/002.p/88')),
    words: /tile\/entries\/002\.p\/88 of the published log has other entries than the catalog/,
  },
  {
    name: 'a lost bundle of entries',
    damage: (directory) => rm(join(directory, 'blobs/log/tile/entries/002.p/88')),
    words: /the published log lacks tile\/entries\/002\.p\/88/,
  },
  {
    name: 'an altered checkpoint',
    damage: (directory) => alter(join(directory, 'blobs/log/checkpoint')),
    words: /the published checkpoint was not made by this log's name and keys/,
  },
  {
    name: 'the key of another log',
    damage: (directory) => cp(join(directory, 'keys/receipt.jwk'), join(directory, 'keys/log.jwk')),
    words: /keys\/log\.jwk does not hold the log key .* put that file back/,
  },
  {
    name: 'no key of the log',
    damage: (directory) => rm(join(directory, 'keys/log.jwk')),
    words: /keys\/log\.jwk does not hold the log key .* put that file back/,
  },
  {
    name: 'no key for receipts',
    damage: (directory) => rm(join(directory, 'keys/receipt.jwk')),
    words: /keys\/receipt\.jwk does not hold the receipt key .* put that file back/,
  },
  {
    name: 'another name of the log',
    damage: () => {},
    settings: { STELE_ORIGIN: 'elsewhere.example.org/log' },
    words: /was not made by this log's name and keys .*STELE_ORIGIN/,
  },
]

describe('A registry that finds its log to be another one than was signed for', () => {
  for (const { name, damage, settings, words } of damages) {
    it(`reads on, accepts nothing and writes nothing: ${name}`, async () => {
      const directory = await copyOf(stopped)
      await damage(directory)
      const before = await everythingIn(directory)
      {
        await using registry = await openIn(directory, settings)
        const about = `/records/${stopped.digest}`
        const deposit = await depositIn(registry, stopped.authorization, 'A third run')
        const event = await request(registry.app)
          .post(`${about}/events`)
          .set('authorization', stopped.authorization)
          .send(noteEvent(stopped.digest))
        const ready = await request(registry.app).get('/readyz')
        assert.deepEqual([deposit.status, deposit.body.code], [503, 'log-stopped'])
        assert.deepEqual([event.status, event.body.code], [503, 'log-stopped'])
        assert.deepEqual([ready.status, ready.body.code], [503, 'not-ready'])
        for (const { body } of [deposit, event, ready]) assert.match(body.detail, words)
        for (const path of ['', '/record.json', '/receipt', '/proof', '/bundle.tar']) {
          assert.equal((await request(registry.app).get(about + path)).status, 200, path)
        }
        assert.equal((await request(registry.app).get('/log/tile/0/000.p/3')).status, 200)
        assert.equal((await request(registry.app).get('/healthz')).status, 200)
      }
      assert.deepEqual(await everythingIn(directory), before)
    })
  }
})

describe('A registry without the catalog of its log', () => {
  it('does not start, and makes no keys and no entries', async () => {
    const directory = await copyOf(stopped)
    for (const suffix of ['', '-wal', '-shm']) {
      await rm(`${catalogIn(directory)}${suffix}`, { force: true })
    }
    await rm(join(directory, 'keys'), { recursive: true })
    const { files } = await everythingIn(directory)
    await assert.rejects(openIn(directory), {
      name: 'Error',
      message:
        /^the catalog is empty, and the store holds the log registry\.example\.org\/log; put/,
    })
    const after = await everythingIn(directory)
    assert.deepEqual(after, { files, rows: [[], [], [], [], []] })
  })
})

describe('A registry whose log is as it was signed for', () => {
  it('goes on where it ended', async () => {
    const directory = await copyOf(stopped)
    await using registry = await openIn(directory)
    const { status, body } = await depositIn(registry, stopped.authorization, 'A third run')
    assert.deepEqual([status, body.logIndex], [201, stopped.entries])
    assert.equal((await request(registry.app).get('/readyz')).status, 200)
  })
})

async function alter(file: string): Promise<void> {
  const bytes = await readFile(file)
  const last = bytes.length - 5
  bytes.writeUInt8(bytes.readUInt8(last) ^ 1, last)
  await rewrite(file, bytes)
}

async function rewrite(file: string, bytes: Uint8Array): Promise<void> {
  await chmod(file, 0o600)
  await writeFile(file, bytes)
}
