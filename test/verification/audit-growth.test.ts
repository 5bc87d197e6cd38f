import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AuditState } from '../../src/verification/audit-state.ts'
import { audit, entriesUpTo, faultsOf, logKey, logOf, trusting } from './audited-log.ts'
import { ed25519Key } from './test-keys.ts'

describe('an audit that goes on', () => {
  for (const [from, to] of [
    [2, 3],
    [250, 256],
    [256, 256],
    [256, 257],
    [300, 900],
    [512, 600],
  ] as const) {
    it(`holds from ${from} to ${to} entries, and reads the new ones alone`, async () => {
      const result = await audit(logOf(entriesUpTo(to)), { state: await stateAt(from) })
      assert.deepEqual(faultsOf(result), [])
      assert.deepEqual([result.head?.size, result.counts.entries], [to, to - from])
    })
  }

  it('asks for no bundle that it has read', async () => {
    const log = logOf(entriesUpTo(900))
    await audit(log, { state: await stateAt(600) })
    const bundles = log.asked.filter((path) => path.startsWith('tile/entries/'))
    assert.deepEqual(bundles, ['tile/entries/002', 'tile/entries/003.p/132'])
  })

  it('asks for no bundle at all where nothing is new', async () => {
    const log = logOf(entriesUpTo(600))
    await audit(log, { state: await stateAt(600) })
    assert.deepEqual(
      log.asked.filter((path) => path.startsWith('tile/')),
      [],
    )
  })

  it('reads from an earlier entry on when it is told to', async () => {
    const result = await audit(logOf(entriesUpTo(900)), { state: await stateAt(600), since: 300 })
    assert.deepEqual(faultsOf(result), [])
    assert.equal(result.counts.entries, 900 - 256)
  })

  it('finds what was changed since, when it reads again', async () => {
    const log = logOf(entriesUpTo(900))
    const changed = logOf(entriesUpTo(900, 'other ')).files.get('tile/entries/001')
    log.files.set('tile/entries/001', changed ?? Buffer.of())
    const result = await audit(log, { state: await stateAt(600), since: 256 })
    assert.match(faultsOf(result)[0] ?? '', /^bad entries: entry 256 is not the one whose hash/)
  })

  it('refuses a state whose tiles are not those of its checkpoint', async () => {
    const state = { ...(await stateAt(300)), edge: (await stateAt(300, 'other ')).edge }
    await assert.rejects(audit(logOf(entriesUpTo(900)), { state }), /another root/)
  })
})

describe('an audit of a log that was rewritten', () => {
  it('finds another root at the same size, and keeps both heads', async () => {
    const result = await audit(logOf(entriesUpTo(300, 'other ')), { state: await stateAt(300) })
    assert.deepEqual(faultsOf(result), [
      'bad consistency: there are two heads at 300 entries, with different roots',
    ])
    assert.equal(result.splitView?.seen, (await stateAt(300)).checkpoint)
    assert.equal(result.splitView?.shown, checkpointOf(logOf(entriesUpTo(300, 'other '))))
  })

  it('finds that the log was rolled back', async () => {
    const result = await audit(logOf(entriesUpTo(299)), { state: await stateAt(300) })
    assert.deepEqual(faultsOf(result), ['bad consistency: the log has 299 entries, it had 300'])
    assert.equal(result.splitView?.shown, checkpointOf(logOf(entriesUpTo(299))))
  })

  it('finds a log that grew on another past, and keeps the proof and its tiles', async () => {
    const log = logOf(entriesUpTo(600, 'other '))
    const result = await audit(log, { state: await stateAt(300) })
    const { splitView } = result
    assert.deepEqual(
      faultsOf(result).filter((fault) => fault.startsWith('bad consistency')),
      [
        'bad consistency: the log was not only added to from 300 to 600 entries: the proof of it fails',
      ],
    )
    const paths = [...(splitView?.tiles.keys() ?? [])]
    assert.deepEqual(splitView?.tiles, new Map(paths.map((path) => [path, log.files.get(path)])))
    assert.deepEqual(paths.toSorted(), ['tile/0/001', 'tile/0/002.p/88', 'tile/1/000.p/2'])
    assert.ok((splitView?.proof.length ?? 0) > 0)
    assert.equal(result.state, undefined)
  })

  it('takes a damaged tile for no other past: the entries lead from head to head', async () => {
    const log = logOf(entriesUpTo(600))
    const tile = log.files.get('tile/0/001')
    tile?.set([1, 2, 3], 8 * 32)
    const result = await audit(log, { state: await stateAt(300) })
    assert.deepEqual(faultsOf(result), [
      'bad consistency: the tiles do not prove the growth from 300 to 600 entries, although the entries do',
      'bad tiles: tile/0/001 has another hash for entry 264',
    ])
    assert.equal(result.splitView, undefined)
  })
})

describe('an audit of a checkpoint', () => {
  it('says that it trusts the key on first use', async () => {
    const { findings, isGood } = await audit(logOf(entriesUpTo(3)))
    assert.match(findings[0]?.detail ?? '', /^trusted on first use: registry\.example\.org\/log\+/)
    assert.deepEqual([isGood, findings[0]?.outcome], [true, 'unpinned'])
  })

  it('trusts the key that the reader pins', async () => {
    const { findings } = await audit(logOf(entriesUpTo(3)), { trustedKeys: await trusting(logKey) })
    assert.deepEqual([findings[0]?.check, findings[0]?.outcome], ['trust', 'good'])
  })

  it('refuses one that is signed by another key than the pinned one', async () => {
    const trustedKeys = await trusting(ed25519Key('another'))
    const [fault] = faultsOf(await audit(logOf(entriesUpTo(3)), { trustedKeys }))
    assert.match(fault ?? '', /^bad trust: signed by \S+ only, which the log has not introduced/)
  })

  it('refuses one that is signed by nobody', async () => {
    const log = logOf(entriesUpTo(3), { signers: [ed25519Key('another')] })
    assert.deepEqual(faultsOf(await audit(log)), [
      'bad checkpoint: found 1 unknown signatures, expected a known one',
    ])
  })

  it('refuses a forged signature of the trusted key', async () => {
    const log = logOf(entriesUpTo(3))
    const forged = checkpointOf(logOf(entriesUpTo(4))).replace('\n4\n', '\n3\n')
    log.files.set('checkpoint', Buffer.from(forged))
    assert.deepEqual(faultsOf(await audit(log)), [
      'bad checkpoint: the signature of "registry.example.org/log" is bad',
    ])
  })

  it('refuses one of a log with another name', async () => {
    const log = logOf(entriesUpTo(4), { name: 'other.example.org/log' })
    const known = await stateAt(3)
    const state = { ...known, logKeys: [...known.logKeys, ...(await log.listLogKeys())] }
    assert.deepEqual(faultsOf(await audit(log, { state })), [
      'bad checkpoint: the log is now "other.example.org/log", it was "registry.example.org/log"',
    ])
  })

  it('refuses what is no checkpoint, and none', async () => {
    const log = logOf(entriesUpTo(3))
    log.files.set('checkpoint', Buffer.from('<html>\n'))
    assert.match(faultsOf(await audit(log)).join(), /^bad checkpoint: found a note with/)
    log.files.delete('checkpoint')
    assert.deepEqual(faultsOf(await audit(log)), ['bad checkpoint: the log shows no checkpoint'])
  })
})

async function stateAt(size: number, mark = ''): Promise<AuditState> {
  const { state } = await audit(logOf(entriesUpTo(size, mark)))
  assert.ok(state)
  return state
}

function checkpointOf({ files }: ReturnType<typeof logOf>): string {
  return Buffer.from(files.get('checkpoint') ?? '').toString()
}
