import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { checkRecord } from '../../src/browser/check-record.ts'
import type { FetchFile } from '../../src/browser/fetch-file.ts'
import type { RememberedLog } from '../../src/browser/remembered-log.ts'
import { conclusionOf } from '../../src/browser/words.ts'
import type { Digest } from '../../src/record/digest.ts'
import {
  outcomesOf,
  type CheckId,
  type Finding,
  type Outcome,
} from '../../src/verification/finding.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from '../http/registry-under-test.ts'
import { deposit, depositSigned } from './deposits.ts'
import { openForkOf } from './forked-registry.ts'
import { filesOf, replacing, takenAway, type Tampering } from './registry-files.ts'

const monday = new Date('2026-11-23T08:00:00Z')
const tuesday = new Date('2026-11-24T08:00:00Z')

let registry: RegistryUnderTest
let digest: Digest
let other: Digest
/** The checkpoint from before both. */
let older: Uint8Array

before(async () => {
  registry = await openRegistryUnderTest()
  older = (await filesOf(registry)('/log/checkpoint')) ?? new Uint8Array()
  digest = await depositSigned(registry)
  other = await deposit(registry, 'Another one')
})
after(() => registry[Symbol.asyncDispose]())

/** What is changed on the way, by its path, and what a check says about it. */
const damages: readonly (readonly [string, RegExp, Tampering, CheckId, Outcome])[] = [
  ['another record', /record\.json$/, replacing('Ada', 'Eve'), 'record-digest', 'bad'],
  ['a record with a blank', /record\.json$/, replacing(/\}$/, ' }'), 'record-form', 'bad'],
  ['no record', /record\.json$/, takenAway, 'record-digest', 'absent'],
  [
    'another signature of a depositor',
    /signatures$/,
    replacing(/"signature":"../, '"signature":"AA'),
    'depositor-signatures',
    'bad',
  ],
  ['no signature where the log has one', /signatures$/, takenAway, 'leaf', 'bad'],
  ['no key of a depositor', /depositor-keys/, takenAway, 'depositor-signatures', 'unknown'],
  [
    'another receipt',
    /receipt$/,
    replacing(/"signature":"../, '"signature":"AA'),
    'receipt-signature',
    'bad',
  ],
  ['no receipt', /receipt$/, takenAway, 'receipt-signature', 'absent'],
  ['a proof of another place', /proof$/, replacing(/^index \d+/m, 'index 0'), 'inclusion', 'bad'],
  ['no proof', /proof$/, takenAway, 'inclusion', 'absent'],
  ['another entry', /entries/, replacing(/T\d\d(?=.*"deposit")/g, 'T99'), 'leaf', 'bad'],
  ['no entries', /entries/, takenAway, 'leaf', 'absent'],
  ['no newest checkpoint', /checkpoint$/, takenAway, 'checkpoint', 'absent'],
  [
    'a newest checkpoint that nobody signed',
    /checkpoint$/,
    replacing(/(?<=\n\S+ \S+ \S{20})..../, 'AAAA'),
    'checkpoint',
    'bad',
  ],
  [
    'tiles that do not fit',
    /tile\/0\//,
    (bytes) => bytes.map((byte) => byte ^ 1),
    'checkpoint',
    'bad',
  ],
  ['no tiles', /tile\/0\//, takenAway, 'checkpoint', 'unknown'],
  ['no key of the log', /log\/keys$/, takenAway, 'checkpoint', 'unknown'],
  ['no key of receipts', /jwks\.json$/, takenAway, 'receipt-signature', 'unknown'],
]

describe('A check of what a registry serves', () => {
  it('finds an honest one good, by its own keys, and remembers it', async () => {
    const { findings, next } = await checkRecord(digest, partsOf(filesOf(registry)))
    assert.deepEqual(Object.fromEntries(outcomesOf(findings)), {
      'record-digest': 'good',
      'record-form': 'good',
      'depositor-signatures': 'good',
      'receipt-signature': 'unpinned',
      'receipt-record': 'good',
      'receipt-log': 'good',
      leaf: 'good',
      inclusion: 'good',
      checkpoint: 'unpinned',
      'checkpoint-copy': 'absent',
      witnesses: 'absent',
      trust: 'unpinned',
    })
    assert.equal(conclusionOf(findings).outcome, 'unpinned')
    assert.equal(next?.firstSeenAt, monday.toISOString())
    assert.match(next?.checkpoint ?? '', /^registry\.example\.org\/log\n/)
  })

  it('has nothing but its memory to believe the second time, and is good', async () => {
    const known = await rememberedAfter(filesOf(registry))
    await deposit(registry, 'In between')
    const { findings, next } = await checkRecord(other, partsOf(filesOf(registry), known))
    assert.equal(conclusionOf(findings).outcome, 'good')
    const grown = findings.filter(({ detail }) => detail.includes('only grown'))
    assert.equal(grown.length, 2)
    assert.match(grown[1]?.detail ?? '', /your check of 2026-11-23/)
    assert.equal(next?.firstSeenAt, monday.toISOString())
    assert.equal(next?.lastSeenAt, tuesday.toISOString())
    assert.notEqual(next?.checkpoint, known.checkpoint)
  })

  for (const [what, path, change, check, outcome] of damages) {
    it(`does not take ${what} for good, and remembers nothing`, async () => {
      const files = filesOf(registry, [path, change])
      const { findings, next } = await checkRecord(digest, partsOf(files))
      assert.equal(outcomesOf(findings).get(check), outcome)
      assert.match(conclusionOf(findings).text, /^Not verified/)
      assert.equal(next, undefined)
    })
  }
})

describe('A check of a newest checkpoint signed by a key that is listed as retired', () => {
  const sinceOneEntry = filesWithEnd('1')
  const atTheNewest = filesWithEnd('1000')

  it('finds it bad when the key had ended at fewer entries', async () => {
    const { findings, next } = await checkRecord(digest, partsOf(sinceOneEntry))
    assert.match(badDetails(findings), /^the newest one, at \d+ entries, is signed after its key/m)
    assert.equal(next, undefined)
  })

  it('finds it bad when the key is one that the browser has known before', async () => {
    const known = await rememberedAfter(filesOf(registry))
    const { findings, next } = await checkRecord(digest, partsOf(sinceOneEntry, known))
    assert.match(badDetails(findings), /^the newest one, at \d+ entries, is signed after its key/m)
    assert.equal(next, undefined)
  })

  it('finds it bad when the end cannot be read', async () => {
    const { findings } = await checkRecord(digest, partsOf(filesWithEnd('soon')))
    assert.match(badDetails(findings), /is signed after its key had ended/)
  })

  it('finds one good that is not larger', async () => {
    const { findings } = await checkRecord(digest, partsOf(atTheNewest))
    assert.equal(conclusionOf(findings).outcome, 'unpinned')
  })

  it('holds the log to an end that it lists no more', async () => {
    const known = await rememberedAfter(atTheNewest)
    assert.deepEqual(known.endedKeys, [{ vkey: known.vkeys[0], endSize: 1000 }])
    const later = await checkRecord(digest, partsOf(filesOf(registry), known))
    assert.deepEqual(later.next?.endedKeys, known.endedKeys)
    const earlierEnd = { ...known, endedKeys: [{ vkey: known.vkeys[0] ?? '', endSize: 1 }] }
    const { findings } = await checkRecord(digest, partsOf(filesOf(registry), earlierEnd))
    assert.match(badDetails(findings), /is signed after its key had ended/)
  })
})

describe('A check by a browser that remembers the log', () => {
  it('sees that the log has fewer entries than before', async () => {
    const known = await rememberedAfter(filesOf(registry))
    const files = filesOf(registry, [/checkpoint$/, () => older])
    const { findings, next } = await checkRecord(digest, partsOf(files, known))
    assert.equal(conclusionOf(findings).outcome, 'bad')
    assert.match(badDetails(findings), /the log has 2 entries, and had \d+ at your check of/)
    assert.equal(next, undefined)
  })

  it('sees that the log was written anew with the same keys', async () => {
    await using forked = await openForkOf(registry)
    const known = await rememberedAfter(filesOf(registry))
    const planted = await deposit(forked, 'Never in the log before')
    const { findings, next } = await checkRecord(planted, partsOf(filesOf(forked), known))
    assert.match(badDetails(findings), /the first \d+ entries are not those at your check of/)
    assert.equal(findings.filter(({ outcome }) => outcome === 'bad').length, 1)
    assert.equal(next, undefined)
  })

  it('does not take the keys of another for those of the registry', async () => {
    await using stranger = await openRegistryUnderTest()
    const known = await rememberedAfter(filesOf(registry))
    const theirs = await deposit(stranger, 'Of another registry')
    const { findings, next } = await checkRecord(theirs, partsOf(filesOf(stranger), known))
    const outcomes = outcomesOf(findings)
    assert.deepEqual(
      [outcomes.get('receipt-signature'), outcomes.get('checkpoint'), outcomes.get('trust')],
      ['bad', 'bad', 'unknown'],
    )
    assert.match(findings.map(({ detail }) => detail).join('\n'), /was not there before/)
    assert.equal(next, undefined)
  })

  it('still holds a good log to it after it was shown a damaged record', async () => {
    const known = await rememberedAfter(filesOf(registry))
    const files = filesOf(registry, [/record\.json$/, replacing('Ada', 'Eve')])
    const { findings, next } = await checkRecord(digest, partsOf(files, known))
    assert.equal(conclusionOf(findings).outcome, 'bad')
    assert.equal(next?.lastSeenAt, tuesday.toISOString())
    assert.deepEqual(next?.vkeys, known.vkeys)
  })
})

/** Everything as it is, but the key of the log is listed as retired. */
function filesWithEnd(size: string): FetchFile {
  return (asked) => filesOf(registry, [/log\/keys$/, replacing(/\n/, ` ${size}\n`)])(asked)
}

/** Who remembers something looks a day later. */
function partsOf(fetchFile: FetchFile, known?: RememberedLog) {
  return { fetchFile, known, now: known === undefined ? monday : tuesday }
}

async function rememberedAfter(fetchFile: FetchFile): Promise<RememberedLog> {
  const { next } = await checkRecord(digest, partsOf(fetchFile))
  assert.ok(next)
  return next
}

function badDetails(findings: readonly Finding[]): string {
  return findings.map(({ outcome, detail }) => (outcome === 'bad' ? detail : '')).join('\n')
}
