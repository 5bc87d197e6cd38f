import assert from 'node:assert/strict'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { catalogIn, openIn } from '../publication/damaged-data.ts'
import { fillLog } from '../publication/fill-log.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { assertIntact, useUntilDeath } from './life-of-a-registry.ts'
import { MortalStores } from './mortal-stores.ts'

const data = await temporaryData()
after(() => data[Symbol.asyncDispose]())

const almostFull = join(data.path, 'almost-full')
await makeLogOf(254, almostFull)

for (const { name, from, until } of [
  // Later it is like any other.
  { name: 'A new registry', from: undefined, until: 'blobs.put' },
  { name: 'A registry whose last tile will soon be full', from: almostFull, until: 'the end' },
]) {
  const trial = new MortalStores()
  await useUntilDeath(await directoryLike(from, `trial of ${name}`), trial)
  const writes = writesUntil(until, trial.writes)
  const places = new Set<string>()

  describe(`${name} that dies`, () => {
    for (const when of ['before', 'after'] as const) {
      for (const [index, write] of writes.entries()) {
        it(`${when} write ${index + 1}, to ${write}, goes on where it was`, async () => {
          const directory = await directoryLike(from, `${name} ${when} ${index}`)
          const stores = new MortalStores({ write: index + 1, when })
          const seen = await useUntilDeath(directory, stores)
          // Deposits that come together need a write more or less.
          if (stores.place !== undefined) places.add(stores.place)
          await assertIntact(directory, seen)
        })
      }
    }

    it('has done so at every kind of write', () => {
      const all = writes.flatMap((write) => [`before ${write}`, `after ${write}`])
      assert.ok(all.includes('after entries.addCheckpoint') && all.includes('before log.publish'))
      assert.deepEqual(
        all.filter((place) => !places.has(place)),
        [],
      )
    })
  })
}

function writesUntil(last: string, writes: readonly string[]): readonly string[] {
  const at = writes.indexOf(last)
  return at < 0 ? writes : writes.slice(0, at + 1)
}

async function makeLogOf(entries: number, directory: string): Promise<void> {
  await openAndClose(directory)
  fillLog(catalogIn(directory), entries)
  await openAndClose(directory)
}

async function openAndClose(directory: string): Promise<void> {
  await (await openIn(directory))[Symbol.asyncDispose]()
}

async function directoryLike(from: string | undefined, name: string): Promise<string> {
  const directory = join(data.path, name)
  if (from !== undefined) await cp(from, directory, { recursive: true })
  return directory
}
