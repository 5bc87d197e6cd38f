import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { signatureTypes, verifierKeyOf, verifyNote } from '../../src/log/note.ts'
import { MalformedVerifierKey } from '../../src/log/note-refusals.ts'
import { MalformedPolicy } from '../../src/log/policy-draft.ts'
import {
  formatPolicy,
  isQuorumMet,
  parsePolicy,
  verifiersOf,
  type Policy,
} from '../../src/log/policy.ts'
import { vectors } from './vectors.ts'

const log = vectors.key.vkey
const keyOf = (name: string) => new Uint8Array(hash('sha256', name, 'buffer'))
const cosigner = (name: string, key = name) =>
  verifierKeyOf(`${name}.example`, signatureTypes.cosignature, keyOf(key))

const names = ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3']
const vkeys = await Promise.all(names.map((name) => cosigner(name)))
const [x1 = '', x2 = ''] = vkeys
const otherName = await cosigner('other', 'X1')
const witnesses = names.map((name, at) => ({ name, vkey: vkeys[at] ?? '' }))
const witnessLines = witnesses.map(({ name, vkey }) => `witness ${name} ${vkey}\n`).join('')

const example: Policy = {
  logs: [{ vkey: log, url: 'https://registry.example/vectors' }],
  witnesses,
  groups: [
    { name: 'X-witnesses', threshold: 2, members: ['X1', 'X2', 'X3'] },
    { name: 'Y-witnesses', threshold: 1, members: ['Y1', 'Y2', 'Y3'] },
    { name: 'X-and-Y', threshold: 2, members: ['X-witnesses', 'Y-witnesses'] },
  ],
  quorum: 'X-and-Y',
}
const exampleText =
  `log ${log} https://registry.example/vectors\n${witnessLines}` +
  'group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\n' +
  'group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n'

const cosignersOf = (...some: readonly string[]) =>
  witnesses.filter(({ name }) => some.includes(name))

describe('A policy', () => {
  it('is read as in the example of C2SP tlog-policy', async () => {
    assert.deepEqual(await parsePolicy(exampleText), example)
  })

  it('is written so', async () => {
    assert.equal(await formatPolicy(example), exampleText)
  })

  it('needs no log and no witness', async () => {
    const policy = await parsePolicy('quorum none\n')
    assert.deepEqual(policy, { logs: [], witnesses: [], groups: [], quorum: 'none' })
    assert.ok(isQuorumMet(policy, []))
  })

  it('may have comments, blank lines and white space', async () => {
    const text = ` # a comment\n\n\t\nlog\t${log}  \n  witness  X1 \t${x1}\n\tquorum X1 \n#end\n`
    const expected = { logs: [{ vkey: log }], witnesses: witnesses.slice(0, 1) }
    assert.deepEqual(await parsePolicy(text), { ...expected, groups: [], quorum: 'X1' })
  })

  it('may name things in any letters', async () => {
    const text = `witness K ${x1}\nwitness \u{212a} ${x2}\ngroup 証人 all K \u{212a}\nquorum 証人\n`
    const policy = await parsePolicy(text)
    assert.deepEqual(policy.groups, [{ name: '証人', threshold: 2, members: ['K', '\u{212a}'] }])
  })

  it('gives its keys', async () => {
    const verifiers = await verifiersOf(example)
    assert.deepEqual(
      verifiers.map(({ vkey }) => vkey),
      [log, ...vkeys],
    )
  })

  it('is given back whatever its groups', async () => {
    const anyThreshold = fc.integer({ min: 1, max: 6 })
    await fc.assert(
      fc.asyncProperty(anyThreshold, fc.subarray(names), async (threshold, members) => {
        const isGroup = members.length >= threshold
        const groups = isGroup ? [{ name: 'G', threshold, members }] : []
        const policy = { ...example, groups, quorum: isGroup ? 'G' : 'none' }
        assert.deepEqual(await parsePolicy(await formatPolicy(policy)), policy)
      }),
    )
  })

  const group = (line: string) => `${witnessLines}${line}\nquorum none\n`
  const bad: Readonly<Record<string, string>> = {
    'it has no quorum': `log ${log}\n`,
    'it has two quorums': 'quorum none\nquorum none\n',
    'it is empty': '',
    'its last line is cut': 'quorum none',
    'its quorum is not named before': `quorum X1\nwitness X1 ${x1}\n`,
    'its quorum has two names': `${witnessLines}quorum X1 X2\n`,
    'its quorum has no name': 'quorum\n',
    'a line begins with another word': 'logs\nquorum none\n',
    'a comment follows on the line': 'quorum none # not so\n',
    'a log has no key': 'log\nquorum none\n',
    'a log has two URLs': `log ${log} https://a https://b\nquorum none\n`,
    'a log is there twice': `log ${log}\nlog ${log}\nquorum none\n`,
    'a log has the key of a cosigner': `log ${x1}\nquorum none\n`,
    'a witness has the key of a log': `witness X1 ${log}\nquorum none\n`,
    'a witness has no name': `witness ${x1}\nquorum none\n`,
    'a witness is there twice': `witness A ${x1}\nwitness B ${x1}\nquorum none\n`,
    'a key is there under two names': `witness A ${x1}\nwitness B ${otherName}\nquorum none\n`,
    'two witnesses have one name': `witness A ${x1}\nwitness A ${x2}\nquorum none\n`,
    'a witness is called none': `witness none ${x1}\nquorum none\n`,
    'a group is called none': group('group none 1 X1'),
    'a group has the name of a witness': group('group X2 1 X1'),
    'a group has no members': group('group G all'),
    'a group has itself as member': group('group G 1 G'),
    'a group has none as member': group('group G 1 none'),
    'a group has unknown members': group('group G 1 Z1'),
    'a group has a member twice': group('group G 1 X1 X1'),
    'two groups share a member': group('group G 1 X1\ngroup H 1 X1'),
    'a group needs more than its members': group('group G 3 X1 X2'),
    'a group needs nobody': group('group G 0 X1 X2'),
    'a group needs a padded number': group('group G 01 X1 X2'),
    'a group needs half of a witness': group('group G 1.5 X1 X2'),
    'it has line ends of other systems': 'quorum none\r\n',
    'it has a NUL': 'quorum none\n\0\n',
    'it has a delete character': '#\x7f\nquorum none\n',
    'it has half a surrogate pair': '#\ud800\nquorum none\n',
    'it is too long in UTF-8 alone': `#${'\u00e9'.repeat(131_072)}\nquorum none\n`,
    'it is far too long': `${'#'.repeat(262_144)}\nquorum none\n`,
  }

  for (const [why, text] of Object.entries(bad)) {
    it(`is refused when ${why}`, async () => {
      await assert.rejects(parsePolicy(text), MalformedPolicy)
    })
  }

  it('is refused when its bytes are not UTF-8', async () => {
    const bytes = Buffer.from('# \u00e9\nquorum none\n')
    assert.deepEqual((await parsePolicy(bytes)).logs, [])
    await assert.rejects(parsePolicy(bytes.subarray(0, 3)), MalformedPolicy)
    await assert.rejects(
      parsePolicy(Buffer.from('# \xe9\nquorum none\n', 'latin1')),
      MalformedPolicy,
    )
  })

  it('is refused when a key is none', async () => {
    await assert.rejects(parsePolicy(`log ${log}x\nquorum none\n`), MalformedVerifierKey)
  })

  it('is not written when it would say something else', async () => {
    const named = (name: string) => formatPolicy({ ...example, quorum: name })
    const linked = (url: string) => formatPolicy({ ...example, logs: [{ vkey: log, url }] })
    await assert.rejects(named('X1\nquorum none'), MalformedPolicy)
    await assert.rejects(named('Z1'), MalformedPolicy)
    await assert.rejects(linked(`\nlog ${log}`), MalformedPolicy)
    await assert.rejects(linked(''), MalformedPolicy)
  })
})

describe('The quorum of a policy', () => {
  const met: readonly (readonly string[])[] = [['X1', 'X2', 'Y3'], ['X1', 'X3', 'Y1', 'Y2'], names]
  const missed: readonly (readonly string[])[] = [
    [],
    ['X1', 'Y1'],
    ['X1', 'X2', 'X3'],
    ['Y1', 'Y2', 'Y3'],
  ]

  for (const some of met) {
    it(`is met by ${some.join(' ')}`, () => {
      assert.ok(isQuorumMet(example, cosignersOf(...some)))
    })
  }

  for (const some of missed) {
    it(`is missed by ${some.join(' ') || 'nobody'}`, () => {
      assert.ok(!isQuorumMet(example, cosignersOf(...some)))
    })
  }

  it('counts a witness once, and the log not at all', () => {
    const twice = [...cosignersOf('X1', 'Y1'), ...cosignersOf('X1', 'Y1'), { vkey: log }]
    assert.ok(!isQuorumMet(example, twice))
  })

  it('may be a single witness', () => {
    const policy = { ...example, quorum: 'Y2' }
    assert.ok(isQuorumMet(policy, cosignersOf('Y2')))
    assert.ok(!isQuorumMet(policy, cosignersOf('Y1', 'X1', 'X2')))
  })

  it('is met by whom verification found', async () => {
    const policy = await parsePolicy(`log ${log}\nwitness w ${vectors.witness.vkey}\nquorum w\n`)
    const cosigners = async (signed: string) =>
      (await verifyNote(signed, await verifiersOf(policy))).verified.map((one) => one.verifier)
    assert.ok(isQuorumMet(policy, await cosigners(vectors.cosignedCheckpoint.signed)))
    assert.ok(!isQuorumMet(policy, await cosigners(vectors.checkpoint.signed)))
  })
})
