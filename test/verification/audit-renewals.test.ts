import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import { leafHashOf, rootOf } from '../interop/static-log.ts'
import { documentOf, rootByDefinition } from '../log/documents-by-definition.ts'
import {
  at,
  audit,
  depositEntry,
  depositorKeyEntry,
  entriesUpTo,
  faultsOf,
  leafOf,
  logOf,
  trusting,
  logKey,
} from './audited-log.ts'

describe('an audit of a log with renewals', () => {
  for (const size of [2, 3, 255, 256, 257, 700]) {
    it(`computes one behind ${size} entries again`, async () => {
      const entries = entriesUpTo(size)
      const result = await audit(logOf([...entries, renewalOf(entries), depositEntry('later')]))
      assert.deepEqual(faultsOf(result), [])
      assert.deepEqual(renewalsIn(result), ['good: 1, as computed from the entries before'])
    })
  }

  it('counts events and withdrawals by their own bytes, and other entries not at all', async () => {
    const before = [
      ...entriesUpTo(4),
      eventEntry('event', 'a note'),
      depositorKeyEntry('bound', 'k'.repeat(43)),
      leafOf('rumour', {}),
      eventEntry('withdrawal', 'the end'),
    ]
    const renewal = renewalLeaf(before, ['0', '1', 'a note', 'the end'])
    const result = await audit(logOf([...before, renewal]))
    assert.deepEqual(renewalsIn(result), ['good: 1, as computed from the entries before'])
    assert.equal(result.isGood, true)
  })

  it('says nothing of renewals where there are none', async () => {
    assert.deepEqual(renewalsIn(await audit(logOf(entriesUpTo(5)))), [])
  })

  it('computes every renewal, also one of a renewal', async () => {
    const first = [...entriesUpTo(5)]
    const second = [...first, renewalOf(first), depositEntry('later')]
    const renewal = renewalLeaf(second, ['0', '1', '2', 'later'])
    const result = await audit(logOf([...second, renewal]))
    assert.deepEqual(renewalsIn(result), ['good: 2, as computed from the entries before'])
  })

  it('finds each number and each hash that is wrong', async () => {
    const entries = entriesUpTo(300)
    const { covers, sha512 } = specOf(entries, depositNames(300))
    const zero = { sha256: '0'.repeat(64), sha512: '0'.repeat(128) }
    const wrong = [
      { covers: { ...covers, size: 299 }, sha512 },
      { covers: { ...covers, root: zero.sha256 }, sha512 },
      { covers, sha512: { ...sha512, documents: 299 } },
      { covers, sha512: { ...sha512, root: zero.sha512 } },
    ]
    const results = await Promise.all(
      wrong.map((spec) => audit(logOf([...entries, leafOf('renewal', { at, ...spec })]))),
    )
    assert.deepEqual(results.map(faultsOf), [
      ['bad renewals: entry 300 covers 299 entries, not the 300 before it'],
      ['bad renewals: entry 300 has another root of the entries before it than they have'],
      ['bad renewals: entry 300 counts 299 records and events before it, and there are 298'],
      [
        'bad renewals: entry 300 has another SHA-512 root of the records and events before it ' +
          'than their entries give',
      ],
    ])
    assert.deepEqual(
      results.map(({ isGood, state }) => [isGood, state]),
      wrong.map(() => [false, undefined]),
    )
  })

  it('finds one in which a record has another size', async () => {
    const entries = entriesUpTo(3)
    const spec = specOf(entries, ['0'])
    const root = rootByDefinition([{ ...documentOf('0'), byteLength: 1235 }]).toString('hex')
    const renewal = leafOf('renewal', { at, ...spec, sha512: { ...spec.sha512, root } })
    assert.equal((await audit(logOf([...entries, renewal]))).isGood, false)
  })

  it('refuses one that has not the form', async () => {
    const entries = entriesUpTo(3)
    const spec = specOf(entries, ['0'])
    const result = await audit(logOf([...entries, leafOf('renewal', { ...spec })]))
    assert.deepEqual(faultsOf(result), [
      'bad entries: entry 3: the entry has not the form of the kind "renewal"',
    ])
  })

  it('does not call one wrong where an entry before it cannot be read', async () => {
    const entries = [...entriesUpTo(300), Buffer.of(0xff)]
    const malformed = await audit(logOf([...entries, renewalOf(entriesUpTo(300))]))
    const log = logOf([...entriesUpTo(300), renewalOf(entriesUpTo(300))])
    log.files.delete('tile/entries/000')
    const incomplete = await audit(log)
    const unknown = (index: number) =>
      `unknown renewals: entry ${index} cannot be computed again: entries before it could not be read`
    assert.equal(faultsOf(malformed).at(-1), unknown(301))
    assert.equal(faultsOf(incomplete).at(-1), unknown(300))
  })
})

describe('an audit that goes on from another', () => {
  it('computes a renewal of entries that it does not read again', async () => {
    const entries = entriesUpTo(400)
    const { state } = await audit(logOf(entriesUpTo(259)))
    const trustedKeys = await trusting(logKey)
    const good = await audit(logOf([...entries, renewalOf(entries)]), { state, trustedKeys })
    assert.deepEqual([faultsOf(good), good.counts.entries], [[], 142])
    const renewal = renewalLeaf(entries, ['other', ...depositNames(400).slice(1)])
    const bad = await audit(logOf([...entries, renewal]), { state, trustedKeys })
    assert.match(faultsOf(bad).join(), /^bad renewals: entry 400 has another SHA-512 root/)
  })

  it('counts no record twice when it reads some again', async () => {
    const entries = entriesUpTo(400)
    const log = logOf([...entries, renewalOf(entries), depositEntry('later')])
    const { state } = await audit(log)
    const all = [...entries, renewalOf(entries), depositEntry('later')]
    const renewal = renewalLeaf(all, [...depositNames(400), 'later'])
    const again = await audit(logOf([...all, renewal]), { state, since: 0 })
    assert.deepEqual([faultsOf(again), again.counts.entries], [[], 403])
    assert.deepEqual(renewalsIn(again), ['good: 1, as computed from the entries before'])
  })

  it('refuses a state that lacks hashes', async () => {
    const { state } = await audit(logOf(entriesUpTo(9)))
    assert.ok(state)
    const { size, subtrees } = state.documents
    assert.equal(size, 7)
    const damaged = [
      { size, subtrees: subtrees.slice(1) },
      { size, subtrees: subtrees.map((bytes) => bytes.subarray(1)) },
    ]
    for (const documents of damaged) {
      const audited = audit(logOf(entriesUpTo(9)), { state: { ...state, documents } })
      await assert.rejects(audited, /the state has not the hashes of 7 records and events/)
    }
  })
})

function renewalsIn({ findings }: Awaited<ReturnType<typeof audit>>): string[] {
  return findings
    .filter(({ check }) => check === 'renewals')
    .map(({ outcome, detail }) => `${outcome}: ${detail}`)
}

/** Names of the deposits in `entriesUpTo`. */
function depositNames(size: number): string[] {
  return Array.from({ length: size - 2 }, (_, index) => `${index}`)
}

/** The renewal behind what `entriesUpTo` gives. */
function renewalOf(entries: readonly Buffer[]): Buffer {
  return renewalLeaf(entries, depositNames(entries.length))
}

/** @param names - of the deposits and events among the entries. */
function renewalLeaf(entries: readonly Buffer[], names: readonly string[]): Buffer {
  return leafOf('renewal', { at, ...specOf(entries, names) })
}

function specOf(entries: readonly Buffer[], names: readonly string[]) {
  const documents = names.map((name) => ({ ...documentOf(name), byteLength: 1234 }))
  return {
    covers: { size: entries.length, root: rootOf(entries.map(leafHashOf)).toString('hex') },
    sha512: { documents: names.length, root: rootByDefinition(documents).toString('hex') },
  }
}

function eventEntry(kind: 'event' | 'withdrawal', name: string): Buffer {
  const reason = kind === 'withdrawal' ? { reason: 'rights' } : {}
  return leafOf(kind, {
    event: {
      mediaType: 'application/vnd.stele.event+json',
      sha256: hash('sha256', name),
      sha512: hash('sha512', name),
      size: 1234,
    },
    receivedAt: at,
    record: { sha256: hash('sha256', '0') },
    signatures: [],
    ...reason,
  })
}
