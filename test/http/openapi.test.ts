import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { describedOperations, type DescribedOperation } from './described-operations.ts'
import { openApiFile, openApiText } from './openapi-file.ts'
import { receiveBytes } from './received-answer.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'
import { digestOfText } from './run-with-outputs.ts'

let registry: RegistryUnderTest

before(async () => {
  registry = await openRegistryUnderTest()
})
after(() => registry[Symbol.asyncDispose]())

describe('openapi.yaml', () => {
  it('is what the routes say; make it again with npm run openapi', () => {
    assert.equal(readFileSync(openApiFile, 'utf8'), openApiText())
  })

  it('is served', async () => {
    const answer = await request(registry.app).get('/openapi.yaml').buffer(true).parse(receiveBytes)
    assert.match(answer.headers['content-type'] ?? '', /^application\/yaml/)
    assert.equal(String(answer.body), openApiText())
  })

  it('names every operation once', () => {
    const ids = describedOperations.map(({ operationId }) => operationId)
    assert.deepEqual(ids, [...new Set(ids)])
    assert.deepEqual(
      ids.filter((id) => !/^[a-z][A-Za-z]+$/.test(id)),
      [],
    )
  })

  it('refers only to what is in it or served', () => {
    const references = [...openApiText().matchAll(/\$ref: "?([^\s"]+)/g)].map(([, name]) => name)
    const served = ['#/components/schemas/Problem', '/schema/record-1.json']
    assert.deepEqual(new Set(references), new Set(served))
  })

  it('has answers with a description for every operation', () => {
    for (const { operationId, responses } of describedOperations) {
      const statuses = Object.keys(responses)
      assert.ok(
        statuses.some((status) => status.startsWith('2')),
        operationId,
      )
      for (const { description } of Object.values(responses)) assert.notEqual(description, '')
    }
  })

  it('declares every parameter of a path, and no other', () => {
    for (const { path, parameters, operationId } of describedOperations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const declared = parameters.filter((parameter) => parameter.in === 'path')
      assert.deepEqual(
        declared.map(({ name }) => name),
        inPath,
        operationId,
      )
      assert.ok(declared.every(({ required }) => required))
    }
  })
})

describe('Every operation of openapi.yaml', () => {
  for (const operation of describedOperations) {
    it(`answers, with a status that is described: ${operation.operationId}`, async () => {
      for (const value of [digestOfText('absent'), 'abc']) {
        const { status, body } = await ask(operation, value)
        assert.ok(status < 500)
        assert.notEqual(body.code, 'not-found')
        assert.ok(Object.keys(operation.responses).includes(String(status)), `found ${status}`)
      }
    })
  }

  for (const operation of describedOperations.filter(takesQuery)) {
    it(`describes the refusal of a wrong parameter: ${operation.operationId}`, () => {
      assert.match(operation.responses['400']?.description ?? '', /invalid-parameter/)
    })
  }
})

function takesQuery({ parameters }: DescribedOperation): boolean {
  return parameters.some((parameter) => parameter.in === 'query')
}

function ask({ method, path }: DescribedOperation, value: string) {
  const filled = path.replaceAll(/\{\w+\}/g, value)
  switch (method) {
    case 'get':
      return request(registry.app).get(filled)
    case 'put':
      return request(registry.app).put(filled).send('x')
    default:
      return request(registry.app).post(filled).send({ digests: [] })
  }
}
