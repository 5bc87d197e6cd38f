import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KeyHistory } from '../../src/verification/audit-keys.ts'
import {
  audit,
  depositEntry,
  depositorKeyEntry,
  endorsementOf,
  entriesUpTo,
  faultsOf,
  keyEntry,
  leafOf,
  logKey,
  logOf,
  receiptKey,
  retirementEntry,
  trusting,
  vkeyOf,
  at,
} from './audited-log.ts'
import { ed25519Key } from './test-keys.ts'

const nextKey = ed25519Key('next audited log')
const stranger = ed25519Key('stranger')
const keys = [
  ['log', logKey],
  ['receipt', receiptKey],
  ['log', nextKey],
] as const
const depositor = ed25519Key('depositor').kid

describe('an audit of a log whose key changes', () => {
  const rotated = [...entriesUpTo(5), keyEntry('log', nextKey, logKey)]
  const retired = [...rotated, retirementEntry('log', logKey)]

  it('holds while both keys sign, and trusts the new one from then on', async () => {
    const log = logOf(rotated, { signers: [nextKey, logKey], keys })
    const result = await audit(log, { trustedKeys: await trusting(logKey) })
    assert.deepEqual(faultsOf(result), [])
    assert.deepEqual(result.state?.logKeys, [vkeyOf(logKey), vkeyOf(nextKey)])
  })

  it('follows the word of the old key to the new one, which alone has signed', async () => {
    const log = logOf(retired, { signers: [nextKey], keys })
    const result = await audit(log, { trustedKeys: await trusting(logKey) })
    assert.deepEqual(faultsOf(result), [])
    assert.match(result.findings[0]?.detail ?? '', /introduced with the word of one that you trust/)
    assert.deepEqual(result.state?.logKeys, [vkeyOf(nextKey)])
  })

  it('does the same from the state of an earlier audit', async () => {
    const { state } = await audit(logOf(entriesUpTo(5)))
    const result = await audit(logOf(retired, { signers: [nextKey], keys }), { state })
    assert.deepEqual(faultsOf(result), [])
  })

  it('believes no new key that no old one has given its word for', async () => {
    const { state } = await audit(logOf(entriesUpTo(5)))
    const entries = [...entriesUpTo(5), keyEntry('log', nextKey)]
    const result = await audit(logOf(entries, { signers: [nextKey], keys }), { state })
    const [trust, key] = faultsOf(result)
    assert.match(trust ?? '', /^bad trust: signed by \S+ only, which the log has not introduced/)
    assert.match(
      key ?? '',
      /^unknown keys: entry 5 introduces .* without the word of the one before/,
    )
  })

  it('believes it when the reader has pinned it', async () => {
    const { state } = await audit(logOf(entriesUpTo(5)))
    const entries = [...entriesUpTo(5), keyEntry('log', nextKey)]
    const trustedKeys = await trusting(nextKey)
    const log = logOf(entries, { signers: [nextKey], keys })
    const result = await audit(log, { state, trustedKeys })
    assert.deepEqual([result.isGood, faultsOf(result).length], [true, 1])
  })

  it('refuses a forged word', async () => {
    const forged = { ...endorsementOf({ action: 'introduced' }, logKey) }
    const statement = { action: 'introduced', at, kid: nextKey.kid, role: 'log' }
    const entries = [...entriesUpTo(5), leafOf('key', { ...statement, endorsement: forged })]
    const log = logOf(entries, { signers: [logKey], keys })
    assert.deepEqual(faultsOf(await audit(log)), [
      `bad keys: entry 5 introduces the log key ${nextKey.kid} with a forged word of ${logKey.kid}`,
    ])
  })

  it('refuses the word of a key that is none of the log', async () => {
    const entries = [...entriesUpTo(5), keyEntry('log', nextKey, receiptKey)]
    const [fault] = faultsOf(await audit(logOf(entries, { signers: [logKey], keys })))
    assert.match(fault ?? '', /^bad keys: entry 5 .* with the word of "\S+", no log key in use$/)
  })

  it('refuses the word of a key that was retired', async () => {
    const entries = [...retired, keyEntry('log', stranger, logKey)]
    const log = logOf(entries, { signers: [nextKey], keys: [...keys, ['log', stranger]] })
    const [fault] = faultsOf(await audit(log, { trustedKeys: await trusting(logKey) }))
    assert.match(fault ?? '', /^bad keys: entry 7 .* with the word of "\S+", no log key in use$/)
  })

  it('refuses a checkpoint that a retired key alone has signed', async () => {
    const log = logOf(retired, { signers: [logKey], keys })
    const [fault] = faultsOf(await audit(log, { trustedKeys: await trusting(logKey) }))
    assert.match(fault ?? '', /^bad trust: signed by \S+ only, which .* or has retired$/)
  })
})

describe('an audit of the registry’s keys', () => {
  it('refuses a key that signs and was never introduced', async () => {
    const [, ...entries] = entriesUpTo(5)
    const [fault] = faultsOf(await audit(logOf(entries)))
    assert.match(fault ?? '', /^bad trust: signed by \S+ only, which the log has not introduced/)
  })

  it('refuses a second introduction, and the end of a key that is not in use', async () => {
    const entries = [
      ...entriesUpTo(3),
      keyEntry('receipt', receiptKey),
      retirementEntry('receipt', stranger),
      retirementEntry('log', receiptKey),
    ]
    assert.deepEqual(faultsOf(await audit(logOf(entries))), [
      `bad keys: entry 3 introduces the key ${receiptKey.kid} once more`,
      `bad keys: entry 4 retires the receipt key ${stranger.kid}, which is not in use`,
      `bad keys: entry 5 retires the log key ${receiptKey.kid}, which is not in use`,
    ])
  })

  it('refuses a key whose public half is missing, or is that of another', async () => {
    const log = logOf(entriesUpTo(3), { keys: [['log', logKey]] })
    assert.deepEqual(faultsOf(await audit(log)), [
      `bad keys: keys/${receiptKey.kid}.json is not there, and the log has introduced it`,
    ])
    const other = log.files.get(`keys/${logKey.kid}.json`) ?? Buffer.of()
    log.files.set(`keys/${receiptKey.kid}.json`, other)
    assert.deepEqual(faultsOf(await audit(log)), [
      `bad keys: keys/${receiptKey.kid}.json does not hold the receipt key of that thumbprint`,
    ])
  })

  it('holds the lists of keys against the log', async () => {
    const log = Buffer.from(`${vkeyOf(logKey)}\n`)
    const receipt = Buffer.from(JSON.stringify({ keys: [receiptKey.jwk] }))
    const good = logOf(entriesUpTo(3), { lists: { log, receipt } })
    assert.deepEqual(faultsOf(await audit(good)), [])
    const strange = {
      log: Buffer.from(`${vkeyOf(stranger)}\n${vkeyOf(logKey)} 2\n`),
      receipt: Buffer.from('{"keys":[]}'),
    }
    assert.deepEqual(faultsOf(await audit(logOf(entriesUpTo(3), { lists: strange }))), [
      `bad keys: /log/keys has the key ${stranger.kid}, which the log has not introduced`,
      `bad keys: /log/keys says that ${logKey.kid} ended at 2, the log says at no time`,
      `bad keys: jwks.json lacks the key ${receiptKey.kid} of the log`,
    ])
  })
})

describe('an audit of the keys that depositors sign with', () => {
  const bound = [...entriesUpTo(3), depositorKeyEntry('bound', depositor)]

  it('holds for a key that was bound before', async () => {
    const entries = [...bound, depositEntry('signed', [depositor])]
    assert.deepEqual(faultsOf(await audit(logOf(entries))), [])
  })

  it('holds when the key was revoked afterwards', async () => {
    const deposited = [...bound, depositEntry('signed', [depositor])]
    const entries = [...deposited, depositorKeyEntry('revoked', depositor)]
    assert.deepEqual(faultsOf(await audit(logOf(entries))), [])
  })

  it('remembers the keys from audit to audit', async () => {
    const { state } = await audit(logOf(bound))
    const log = logOf([...bound, depositEntry('signed', [depositor])])
    assert.deepEqual(faultsOf(await audit(log, { state })), [])
  })

  it('refuses a signature of a key that was bound later, or never', async () => {
    const early = [...entriesUpTo(3), depositEntry('signed', [depositor])]
    const log = logOf([...early, depositorKeyEntry('bound', depositor)])
    assert.deepEqual(faultsOf(await audit(log)), [
      `bad signatures: entry 3, deposit: the key ${depositor} was not bound then`,
    ])
  })

  it('refuses a signature of a key that was revoked before', async () => {
    const revoked = [...bound, depositorKeyEntry('revoked', depositor)]
    const late = depositEntry('signed', [depositor], '2026-11-20T10:01:01Z')
    assert.deepEqual(faultsOf(await audit(logOf([...revoked, late]))), [
      `bad signatures: entry 5, deposit: the key ${depositor} was revoked at ${at}`,
    ])
  })

  it('allows for a deposit that was under way when the key was revoked', async () => {
    const revoked = [...bound, depositorKeyEntry('revoked', depositor)]
    const underWay = depositEntry('signed', [depositor], '2026-11-20T10:00:05Z')
    assert.deepEqual(faultsOf(await audit(logOf([...revoked, underWay]))), [])
  })

  it('knows when a key was bound also when it looks back', () => {
    const key = { kid: depositor, projectSha256: 'p', boundIndex: 9 }
    const history = new KeyHistory(async () => undefined, [], [key])
    assert.equal(history.faultOfDepositor(depositor, { index: 10, at }), undefined)
    assert.match(history.faultOfDepositor(depositor, { index: 9, at }) ?? '', /was not bound then/)
    const elsewhere = { index: 10, at, projects: ['another'] }
    assert.match(history.faultOfDepositor(depositor, elsewhere) ?? '', /was not bound then/)
  })

  it('knows when a key for receipts ended, so that later receipts are refused', async () => {
    const { kid, jwk } = receiptKey
    const ended = '2026-12-01T10:00:00Z'
    const key = { role: 'receipt', kid, introducedAt: at, introducedIndex: 1 } as const
    const file = new TextEncoder().encode(JSON.stringify({ role: 'receipt', jwk }))
    const current = new KeyHistory(async () => file, [key], [])
    const retired = { ...key, retiredAt: ended, retiredIndex: 9 }
    const past = new KeyHistory(async () => file, [retired], [])
    await Promise.all([current.readKnown(), past.readKnown()])
    assert.equal(current.receiptKeys().get(kid)?.retiredAt, undefined)
    assert.equal(past.receiptKeys().get(kid)?.retiredAt, ended)
  })

  it('refuses a second binding, and the end of a key that is not bound', async () => {
    const entries = [
      ...bound,
      depositorKeyEntry('bound', depositor),
      depositorKeyEntry('revoked', stranger.kid),
    ]
    assert.deepEqual(faultsOf(await audit(logOf(entries))), [
      `bad keys: entry 4 binds the key ${depositor} once more`,
      `bad keys: entry 5 revokes the key ${stranger.kid}, which is not bound`,
    ])
  })
})
