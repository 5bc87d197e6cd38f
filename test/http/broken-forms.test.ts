import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import request from 'supertest'
import { canonicalText } from '../../src/record/canonical-json.ts'
import { limits } from '../../src/record/limits.ts'
import { eventually } from './eventually.ts'
import { boundary, filePart, formOf, formType, openForm, type Part } from './multipart-form.ts'
import { RawConnection, requestHead } from './raw-connection.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'
import { digestOfText, runWithOutputs } from './run-with-outputs.ts'

const record = filePart('record', canonicalText(runWithOutputs(['first\n', 'second\n'])))
const first = filePart(digestOfText('first\n'), 'first\n')
const second = filePart(digestOfText('second\n'), 'second\n')
const end = `--${boundary}--\r\n`

let registry: RegistryUnderTest
let port: number
let filesBefore: string[]

before(async () => {
  registry = await openRegistryUnderTest()
  port = await registry.listen()
})
after(() => registry[Symbol.asyncDispose]())
beforeEach(async () => {
  filesBefore = await registry.files()
})
afterEach(async () => {
  await eventually(async () => assert.deepEqual(await registry.files(), filesBefore))
  assert.equal((await registry.registry.catalog.counts()).records, 0)
})

describe('A form that is cut short leaves nothing, although its lengths agree', () => {
  const whole = formOf(record, first, second)
  for (const [where, body] of [
    ['before its last boundary', openForm(record, first, second)],
    ['within its last boundary', whole.subarray(0, -6)],
    ['before the two hyphens that end it', whole.subarray(0, -4)],
    [
      'in the middle of a file',
      whole.subarray(0, whole.indexOf('second\n', whole.indexOf(second.name)) + 3),
    ],
    ['in the middle of the record', openForm(first, second, record).subarray(0, -20)],
    ['in the fields of a part', openForm(record, first, second).subarray(0, -40)],
    ['after its first boundary', Buffer.from(`--${boundary}\r\n`)],
    ['before everything', Buffer.alloc(0)],
  ] as const) {
    it(where, async () => {
      const answer = await deposit(body)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.code, 'malformed-multipart')
    })
  }
})

describe('A form with other parts than files of a deposit is refused', () => {
  const plain = (name: string, body: Part['body']) => ({ name, body })
  for (const [why, body] of [
    ['the record is a plain field', formOf(plain('record', record.body), first, second)],
    ['there is a plain field beside', formOf(record, first, second, plain('comment', 'x'))],
    ['there is no record', formOf(first, second)],
    ['there is no part', Buffer.from(end)],
    ['a part has no name', formOf(record, first, second, filePart('', 'x'))],
    [
      'the fields of a part are broken',
      Buffer.from(`--${boundary}\r\nno field\r\n\r\nx\r\n${end}`),
    ],
    ['it is JSON', Buffer.from(record.body)],
  ] as const) {
    it(`because ${why}`, async () => {
      const answer = await deposit(body)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.code, 'malformed-multipart')
    })
  }

  it('because it has more parts than the limit', async () => {
    const many = Array.from({ length: limits.multipartFiles + 1 }, () => first)
    const answer = await deposit(formOf(record, ...many))
    assert.equal(answer.status, 400)
    assert.equal(answer.body.code, 'malformed-multipart')
  })

  for (const type of ['multipart/form-data', 'multipart/form-data; boundary=another']) {
    it(`because its type is ${type}`, async () => {
      const answer = await deposit(formOf(record, first, second), type)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.code, 'malformed-multipart')
    })
  }

  for (const name of ['__proto__', 'constructor', 'record[]', '../../etc/passwd', 'RECORD']) {
    it(`because it has a file named ${name} that the record does not name`, async () => {
      const answer = await deposit(formOf(record, first, second, filePart(name, 'x')))
      assert.equal(answer.status, 422)
      assert.equal(answer.body.code, 'unnamed-blob')
    })
  }
})

describe('A depositor that disappears leaves nothing', () => {
  const open = openForm(record, first, second)
  for (const [when, body] of [
    ['in the middle of a file', open.subarray(0, -3)],
    ['between two files', openForm(record, first)],
    [
      'in the middle of the record, after the files',
      openForm(first, second, record).subarray(0, -20),
    ],
    ['before the first part', Buffer.alloc(0)],
  ] as const) {
    it(when, async () => {
      const connection = await startDeposit(body)
      connection.vanish()
      await connection.answer()
    })

    it(`${when}, once its files had begun to arrive`, async () => {
      const connection = await startDeposit(body)
      if (body.includes('first\n')) {
        await eventually(async () => assert.notDeepEqual(await registry.files(), filesBefore))
      }
      connection.vanish()
      await connection.answer()
    })
  }

  it('and none of all this was a fault of the service', () => {
    assert.doesNotMatch(registry.log(), /"level":50/)
  })
})

async function startDeposit(body: Buffer): Promise<RawConnection> {
  const connection = await RawConnection.open(port)
  const fields = {
    authorization: registry.bearer,
    'content-type': formType,
    'content-length': body.byteLength + 1000,
  }
  await connection.send(requestHead('POST /records', fields), body)
  return connection
}

function deposit(body: Buffer, type = formType) {
  return request(registry.app)
    .post('/records')
    .set('authorization', registry.bearer)
    .set('content-type', type)
    .send(body)
}
