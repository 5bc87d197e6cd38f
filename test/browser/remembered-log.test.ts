import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  LogMemory,
  type RememberedLog,
  type TextStorage,
} from '../../src/browser/remembered-log.ts'
import { checkpointText } from '../../src/log/checkpoint.ts'
import { keyIdOf, signatureTypes, verifierKeyOf } from '../../src/log/note.ts'
import type { JsonValue } from '../../src/record/strict-json.ts'
import { ed25519Key } from '../verification/test-keys.ts'

const log = await rememberedLog()

/** What was kept is of a form that no check can use. */
const damages: readonly (readonly [string, string])[] = [
  ['no JSON', 'soon'],
  ['a list', '[]'],
  ['nothing', 'null'],
  ['a log without keys', changed('vkeys', null)],
  ['a verifier key that is none', changed('vkeys', ['registry.example.org/log'])],
  ['a verifier key that is a number', changed('vkeys', [7])],
  ['no list of ended keys', changed('endedKeys', 7)],
  ['an ended key without a size', changed('endedKeys', [{ vkey: '' }])],
  ['a receipt key that is null', changed('receiptKeys', [null])],
  ['a checkpoint that is none', changed('checkpoint', 'soon')],
]

describe('What a browser remembers of a log', () => {
  it('is what it has kept', async () => {
    const memory = new LogMemory(new MapStorage())
    assert.equal(memory.isEmpty(), true)
    memory.keep(log)
    assert.deepEqual(await memory.find(), log)
    memory.forget()
    assert.equal(await memory.find(), undefined)
  })

  it('may be from before ends of keys were remembered', async () => {
    const { endedKeys: _, ...older } = log
    assert.deepEqual((await memoryOf(JSON.stringify(older)).find())?.endedKeys, [])
  })

  for (const [what, text] of damages) {
    it(`is nothing when it has kept ${what}, which it can forget`, async () => {
      const memory = memoryOf(text)
      assert.equal(await memory.find(), undefined)
      assert.equal(memory.isEmpty(), false)
      memory.forget()
      assert.equal(memory.isEmpty(), true)
    })
  }
})

class MapStorage extends Map<string, string> implements TextStorage {
  getItem(name: string): string | null {
    return this.get(name) ?? null
  }

  setItem(name: string, text: string): void {
    this.set(name, text)
  }

  removeItem(name: string): void {
    this.delete(name)
  }
}

function memoryOf(text: string): LogMemory {
  const storage = new MapStorage()
  storage.setItem('stele-log-1', text)
  return new LogMemory(storage)
}

function changed(member: keyof RememberedLog, by: JsonValue): string {
  return JSON.stringify({ ...log, [member]: by })
}

async function rememberedLog(): Promise<RememberedLog> {
  const origin = 'registry.example.org/log'
  const { publicBytes, jwk, sign } = ed25519Key('log')
  const head = checkpointText({ origin, size: 7, root: new Uint8Array(32) })
  const keyId = await keyIdOf(origin, signatureTypes.ed25519, publicBytes)
  const signature = Buffer.concat([keyId, sign(Buffer.from(head))]).toString('base64')
  const vkey = await verifierKeyOf(origin, signatureTypes.ed25519, publicBytes)
  return {
    origin,
    firstSeenAt: '2026-11-23T08:00:00.000Z',
    lastSeenAt: '2026-11-24T08:00:00.000Z',
    vkeys: [vkey],
    endedKeys: [{ vkey, endSize: 7 }],
    receiptKeys: [{ ...jwk, role: 'receipt' }],
    checkpoint: `${head}\n— ${origin} ${signature}\n`,
  }
}
