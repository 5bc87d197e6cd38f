import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { audit, entriesUpTo, faultsOf, leafOf, logOf } from './audited-log.ts'

describe('an audit of a log', () => {
  for (const size of [2, 3, 255, 256, 257, 513, 700]) {
    it(`holds for ${size} entries, and reads every one of them`, async () => {
      const result = await audit(logOf(entriesUpTo(size)))
      assert.deepEqual(faultsOf(result), [])
      assert.deepEqual([result.head?.size, result.counts.entries], [size, size])
    })
  }

  it('needs no partial file where the full one has taken its place', async () => {
    const log = logOf(entriesUpTo(300))
    for (const [path, bytes] of logOf(entriesUpTo(513)).files) {
      if (/^tile\/(0|entries)\/001$/.test(path)) log.files.set(path, bytes)
    }
    for (const path of ['tile/0/001.p/44', 'tile/entries/001.p/44']) log.files.delete(path)
    assert.deepEqual(faultsOf(await audit(log)), [])
  })

  it('tells of kinds that it does not know, and goes on', async () => {
    const unknown = Buffer.from('{"apiVersion":"2","kind":"deposit","spec":{}}')
    const entries = [...entriesUpTo(5), unknown, leafOf('rumour', {}), leafOf('rumour', {})]
    const result = await audit(logOf(entries))
    assert.equal(result.isGood, true)
    assert.deepEqual(faultsOf(result), [
      'unknown entries: 1 of the kind "deposit", version "2", which is not known here: hashed, not read',
      'unknown entries: 2 of the kind "rumour", version "1", which is not known here: hashed, not read',
    ])
  })

  it('refuses an entry of a known kind that has not its form', async () => {
    const short = leafOf('deposit', { record: { sha256: '00' } })
    const spaced = Buffer.from('{"apiVersion":"1", "kind":"deposit","spec":{}}')
    const result = await audit(logOf([...entriesUpTo(3), short, spaced, Buffer.of(0xff)]))
    assert.deepEqual(faultsOf(result), [
      'bad entries: entry 3: the entry has not the form of the kind "deposit"',
      'bad entries: entry 4: found a JWS with other bytes at offset 18, expected canonical JSON (RFC 8785)',
      'bad entries: entry 5: the entry is not UTF-8',
    ])
  })

  it('keeps no more findings than people read', async () => {
    const many = Array.from({ length: 500 }, () => Buffer.of(0xff))
    const faults = faultsOf(await audit(logOf([...entriesUpTo(3), ...many])))
    assert.equal(faults.length, 101)
    assert.equal(faults.at(-1), 'bad entries: and 400 more like these')
  })
})

describe('an audit of files that do not agree', () => {
  it('names an entry that was changed', async () => {
    const log = logOf(entriesUpTo(600))
    log.files.set('tile/entries/001', bundleWith(300))
    assert.deepEqual(faultsOf(await audit(log)), [
      'bad entries: entry 300 is not the one whose hash stands in tile/0/001',
      'bad entries: the entries do not have the root of the checkpoint at 600 entries',
    ])
  })

  it('names an entry that was changed with its hash: then the root tells', async () => {
    const log = logOf(entriesUpTo(600))
    const other = logOf(entriesWith(300))
    for (const path of ['tile/entries/001', 'tile/0/001', 'tile/1/000.p/2']) {
      log.files.set(path, other.files.get(path) ?? Buffer.of())
    }
    assert.deepEqual(faultsOf(await audit(log)), [
      'bad entries: the entries do not have the root of the checkpoint at 600 entries',
    ])
  })

  it('names a tile of entries’ hashes that was changed', async () => {
    const log = logOf(entriesUpTo(600))
    flipBit(log.files.get('tile/0/001'), 32 * 5)
    assert.deepEqual(faultsOf(await audit(log)), [
      'bad tiles: tile/0/001 has another hash for entry 261',
    ])
  })

  it('names a tile higher up that was changed', async () => {
    const log = logOf(entriesUpTo(600))
    flipBit(log.files.get('tile/1/000.p/2'), 40)
    assert.deepEqual(faultsOf(await audit(log)), [
      'bad tiles: tile/1/000.p/2 is not made of the tiles below it',
    ])
  })

  it('names what is missing, and goes on with the hashes of missing entries', async () => {
    const log = logOf(entriesUpTo(600))
    log.files.delete('tile/entries/000')
    log.files.delete('tile/0/001')
    const result = await audit(log)
    assert.deepEqual(faultsOf(result).slice(0, 2), [
      'bad entries: tile/entries/000 is not there',
      'bad tiles: tile/0/001 is not there',
    ])
    assert.equal(result.counts.entries, 600 - 256)
  })

  it('ends where neither entries nor their hashes are there', async () => {
    const log = logOf(entriesUpTo(600))
    log.files.delete('tile/entries/001')
    log.files.delete('tile/0/001')
    assert.deepEqual(faultsOf(await audit(log)), [
      'bad entries: tile/entries/001 is not there',
      'bad entries: only 256 of 600 entries could be followed',
      'bad tiles: tile/0/001 is not there',
    ])
  })

  it('refuses a bundle with more or fewer entries than it must have', async () => {
    const log = logOf(entriesUpTo(600))
    const full = logOf(entriesUpTo(700)).files.get('tile/entries/002.p/188') ?? Buffer.of()
    log.files.set('tile/entries/002.p/88', full)
    log.files.set('tile/entries/000', (log.files.get('tile/entries/000') ?? full).subarray(0, 900))
    const [first, second] = faultsOf(await audit(log))
    assert.match(first ?? '', /"entry bundle": found 900 bytes, expected whole entries$/)
    assert.match(second ?? '', /"tile\/entries\/002.p\/88": found 188 entries, expected 88$/)
  })

  it('leaves no state behind', async () => {
    const log = logOf(entriesUpTo(600))
    log.files.delete('tile/0/001')
    const { isGood, state } = await audit(log)
    assert.deepEqual([isGood, state], [false, undefined])
  })
})

function entriesWith(changed: number): Buffer[] {
  const entries = entriesUpTo(600)
  entries[changed] = entriesUpTo(3, 'changed ')[2] ?? Buffer.of()
  return entries
}

function bundleWith(changed: number): Uint8Array {
  return logOf(entriesWith(changed)).files.get('tile/entries/001') ?? Buffer.of()
}

function flipBit(bytes: Uint8Array | undefined, at: number): void {
  assert.ok(bytes)
  bytes[at] = (bytes[at] ?? 0) ^ 1
}
