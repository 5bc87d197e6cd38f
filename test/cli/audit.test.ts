import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { verifierKeyOf } from '../../src/log/note.ts'
import { newDepositor } from '../attestation/depositors.ts'
import { bindKey } from '../http/bound-keys.ts'
import { digestOfText, runWithOutputs } from '../http/run-with-outputs.ts'
import { withdrawalEvent } from '../record-event-fixtures.ts'
import { minimalRun } from '../record-fixtures.ts'
import { runStele } from '../service/service-process.ts'
import { temporaryData } from '../service/temporary-data.ts'
import {
  deposit,
  openAuditedRegistry,
  putBlobs,
  stateEvent,
  type AuditedRegistry,
} from './audited-registry.ts'

const text = 'temperatures of a rod'
const blob = digestOfText(text)
const directory = await temporaryData()
const ada = await newDepositor('EdDSA')
let audited: AuditedRegistry
let signed: string
let plain: string
let withdrawn: string
let stateCount = 0

before(async () => {
  audited = await openAuditedRegistry()
  const { registry } = audited
  await putBlobs(registry, [
    { digest: blob, text },
    { digest: digestOfText('withdrawn'), text: 'withdrawn' },
  ])
  await bindKey(registry, ada, { project: '*' })
  signed = await deposit(registry, runWithOutputs([text], { title: 'Signed' }), ada)
  plain = await deposit(registry, minimalRun({ title: 'Plain' }))
  withdrawn = await deposit(registry, runWithOutputs(['withdrawn'], { title: 'Withdrawn' }))
  await stateEvent(registry, withdrawn, withdrawalEvent(withdrawn))
})
beforeEach(() => {
  audited.instead.clear()
  audited.breaks.clear()
  audited.asked.length = 0
})
after(async () => {
  await audited[Symbol.asyncDispose]()
  await directory[Symbol.asyncDispose]()
})

describe('stele audit, given a registry in order', () => {
  it('holds the log, its records and their blobs against each other, and ends with 0', async () => {
    const { code, output } = await audit('--records', '--blobs')
    assert.equal(code, 0, output)
    assert.match(output, /^unpinned {2}trust +trusted on first use: registry\.example\.org\/log\+/)
    assert.match(
      output,
      /^good +checkpoint +"registry\.example\.org\/log" at 7 entries, root \S+$/m,
    )
    assert.match(output, /\nGood: 7 entries, 3 records, 1 blobs read; the log has 7 entries\.\n$/)
    assert.ok(audited.asked.includes(`/depositor-keys/${ada.publicKey.kid}`))
  })

  it('leaves records alone unless they are asked for', async () => {
    const { code } = await audit()
    assert.equal(code, 0)
    assert.deepEqual(
      audited.asked.filter((asked) => /^\/(records|blobs)/.test(asked)),
      [],
    )
  })

  it('tells programs the same as JSON', async () => {
    const { output } = await audit('--records', '--json')
    const { good, head, counts, findings } = JSON.parse(output)
    assert.deepEqual([good, head.size, counts], [true, 7, { entries: 7, records: 3, blobs: 0 }])
    assert.equal(findings[0].check, 'trust')
  })

  it('goes on from its state file, and asks for nothing that it has read', async () => {
    const state = newStateFile()
    await audit('--state', state, '--records')
    audited.asked.length = 0
    const { code, output } = await audit('--state', state, '--records')
    assert.equal(code, 0, output)
    assert.match(output, /^good +trust +signed by a key that you trust: /m)
    assert.match(output, /^good +consistency +extends the log of 7 entries$/m)
    assert.deepEqual(
      audited.asked.filter((asked) => /^\/(records|log\/tile)/.test(asked)),
      [],
    )
  })

  it('looks at earlier records again when it is told from where', async () => {
    const state = newStateFile()
    await audit('--state', state)
    const { output } = await audit('--state', state, '--records', '--since', '0')
    assert.match(output, /\nGood: 7 entries, 3 records, 0 blobs read/)
  })

  it('asks again when a connection breaks once', async () => {
    audited.breaks.set('/log/tile/entries/000.p/7', 1)
    assert.equal((await audit()).code, 0)
  })
})

describe('stele audit, given a registry that shows something else than its log', () => {
  it('finds a record that was altered', async () => {
    audited.instead.set(`/records/${plain}/record.json`, `/records/${signed}/record.json`)
    const { code, output } = await audit('--records')
    assert.equal(code, 1)
    assert.ok(output.includes(`${plain}, record-digest: this is ${signed}, not the cited`))
    assert.match(output, /\nBAD: records; 7 entries, 3 records, 0 blobs read\.\n$/)
  })

  it('finds a receipt and a proof of another record', async () => {
    audited.instead.set(`/records/${plain}/receipt`, `/records/${signed}/receipt`)
    audited.instead.set(`/records/${plain}/proof`, `/records/${signed}/proof`)
    const { code, output } = await audit('--records')
    assert.equal(code, 1)
    assert.match(output, /receipt-record: the receipt is for another record$/m)
    assert.match(output, /the proof is of entry 3, this is entry 4$/m)
  })

  it('finds a missing receipt', async () => {
    audited.instead.set(`/records/${plain}/receipt`, 404)
    const { code, output } = await audit('--records')
    assert.deepEqual([code, output.includes('receipt-signature: there is no receipt')], [1, true])
  })

  it('finds a blob that was altered, and one that is gone', async () => {
    audited.instead.set(`/blobs/${blob}`, Buffer.from(text.toUpperCase()))
    const altered = await audit('--blobs')
    assert.equal(altered.code, 1)
    assert.ok(altered.output.includes(`${blob} of ${signed} has the SHA-256 `))
    audited.instead.set(`/blobs/${blob}`, 404)
    assert.ok((await audit('--blobs')).output.includes(`${blob} of ${signed} is not there`))
  })

  it('excuses no record that is gone without a withdrawal', async () => {
    audited.instead.set(`/records/${plain}/record.json`, 410)
    const { code, output } = await audit('--records')
    assert.equal(code, 1)
    assert.ok(output.includes(`${plain} or its blobs are not given out, and the log has no`))
    assert.ok(!output.includes(withdrawn))
  })

  it('cannot say who signed when the key is not shown, which is no fault', async () => {
    audited.instead.set(`/depositor-keys/${ada.publicKey.kid}`, 404)
    const { code, output } = await audit('--records')
    assert.equal(code, 0)
    assert.match(output, /^unknown +records +\S+, depositor-signatures: the key \S+ is not known$/m)
  })

  it('finds a receipt key that the log has not introduced', async () => {
    audited.instead.set('/.well-known/jwks.json', keySetWith(ada.publicKey))
    const { code, output } = await audit()
    assert.equal(code, 1)
    assert.match(
      output,
      /^bad +keys +jwks\.json has the key \S+, which the log has not introduced$/m,
    )
  })

  it('finds that a bundle of entries is missing', async () => {
    audited.instead.set('/log/tile/entries/000.p/7', 404)
    const { code, output } = await audit()
    assert.equal(code, 1)
    assert.match(output, /^bad +entries +tile\/entries\/000\.p\/7 is not there$/m)
  })

  it('lets nothing that it is shown steer the terminal', async () => {
    audited.instead.set('/log/checkpoint', Buffer.from('\u009b31mred\n1\nx\n\n— a b\n'))
    const { code, output } = await audit()
    assert.deepEqual([code, /\p{Cc}/u.test(output.replaceAll('\n', ''))], [1, false])
  })
})

describe('stele audit', () => {
  it('ends with 3, and leaves its state, when something cannot be read', async () => {
    const state = newStateFile()
    await audit('--state', state)
    const before = await readFile(state, 'utf8')
    audited.instead.set('/log/checkpoint', 503)
    const refused = await audit('--state', state)
    assert.match(
      refused.errors,
      /\/log\/checkpoint answered 503; nothing can be said about the log/,
    )
    audited.instead.clear()
    audited.breaks.set('/log/checkpoint', Infinity)
    const broken = await audit('--state', state)
    assert.deepEqual([refused.code, broken.code], [3, 3])
    assert.equal(await readFile(state, 'utf8'), before)
    assert.deepEqual(await filesBeside(state), [path.basename(state)])
  })

  it('ends with 1, and writes no state, when the log is signed by another key', async () => {
    const state = newStateFile()
    const vkey = 'registry.example.org/log+00000000+'
    const unreadable = await audit('--state', state, '--key', vkey)
    const other = await audit('--state', state, '--key', await otherVkey())
    assert.deepEqual([unreadable.code, other.code], [2, 1])
    assert.match(other.output, /^bad +trust +signed by \S+ only/m)
    assert.deepEqual(await filesBeside(state), [])
  })

  it('ends with 2 for what it does not understand', async () => {
    const codes = await Promise.all([
      runStele(['audit'], {}),
      runStele(['audit', directory.path], {}),
      audit('--since', '1'),
      audit('--state', import.meta.filename),
      audit('--state', path.join(directory.path, 'no', 'such', 'directory')),
    ])
    assert.deepEqual(
      codes.map(({ code }) => code),
      [2, 2, 2, 2, 2],
    )
  })
})

function audit(...args: string[]) {
  return runStele(['audit', audited.url, ...args], {})
}

function newStateFile(): string {
  stateCount += 1
  return path.join(directory.path, `state-${stateCount}`)
}

async function filesBeside(state: string): Promise<string[]> {
  const names = await readdir(directory.path)
  return names.filter((name) => name.startsWith(path.basename(state)))
}

function keySetWith(key: object): Buffer {
  return Buffer.from(JSON.stringify({ keys: [key] }))
}

/** The verifier key of somebody else under the name of this log. */
async function otherVkey(): Promise<string> {
  return verifierKeyOf('registry.example.org/log', 1, Buffer.from(ada.publicKey.x, 'base64url'))
}
