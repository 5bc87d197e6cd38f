import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { BrowserScripts } from '../../src/service/browser-scripts.ts'
import type * as finding from '../../src/verification/finding.ts'
import type * as trust from '../../src/verification/trust.ts'
import type * as verify from '../../src/verification/verify-record.ts'
import { evidenceOf, fileOfCase, writtenCases } from '../verification/written-cases.ts'
import { temporaryData } from './temporary-data.ts'

const directory = await temporaryData()
const scripts = new BrowserScripts()
const texts = new Map<string, string>()

before(async () => {
  const [, , version = '', ...first] = (await scripts.recordPageScript()).split('/')
  await gather(first.join('/'), version)
  await writeFile(path.join(directory.path, 'package.json'), '{"type":"module"}')
  for (const [name, text] of texts) {
    const file = path.join(directory.path, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text)
  }
})
after(() => directory[Symbol.asyncDispose]())

describe('The modules that browsers are given', () => {
  it('import nothing but each other', () => {
    const imported = [...texts.values()].flatMap((text) => importsIn(text))
    assert.deepEqual(
      imported.filter((specifier) => !/^\.\.?\/.*\.js$/.test(specifier)),
      [],
    )
  })

  it('are no more than it takes to check', () => {
    const folders = new Set([...texts.keys()].map((name) => name.split('/')[0]))
    assert.deepEqual(
      folders,
      new Set(['attestation', 'browser', 'jose', 'log', 'record', 'verification']),
    )
    const byteLength = [...texts.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    assert.ok(byteLength < 155_000, `${byteLength} bytes`)
  })

  it('come with the licence of those that are not ours', async () => {
    const [, , version = ''] = (await scripts.recordPageScript()).split('/')
    assert.match((await scripts.findScript(version, 'jose/LICENSE.md')) ?? '', /MIT License/)
  })

  it('are there under their own version alone, which stays the same', async () => {
    const script = await scripts.recordPageScript()
    assert.match(script, /^\/browser\/[0-9a-f]{16}\/browser\/record-page\.js$/)
    assert.equal(await new BrowserScripts().recordPageScript(), script)
    const [, , version = '', ...name] = script.split('/')
    assert.equal(await scripts.findScript('0123456789abcdef', name.join('/')), undefined)
    assert.equal(await scripts.findScript(version, 'service/wire.js'), undefined)
  })
})

describe('What browsers are given says of the verification cases what it must', () => {
  for (const written of writtenCases.filter(({ files }) => files['bundle'] === undefined)) {
    it(written.name, async () => {
      const { verifyRecord }: typeof verify = await load('verification/verify-record.js')
      const { parseTrust }: typeof trust = await load('verification/trust.js')
      const { outcomesOf }: typeof finding = await load('verification/finding.js')
      const { policy, receiptKeys, origin } = written.trust
      const believed = await parseTrust({
        policy: policy === undefined ? undefined : fileOfCase(policy),
        receiptKeys: receiptKeys === undefined ? undefined : fileOfCase(receiptKeys),
        origin,
      })
      const { digest } = written
      const findings = await verifyRecord(evidenceOf(written), believed, { digest })
      assert.deepEqual(Object.fromEntries(outcomesOf(findings)), written.expected)
    })
  }
})

describe('Scripts for browsers', () => {
  it('are looked for again when they were not there', async () => {
    await using sources = await temporaryData()
    const late = new BrowserScripts(sources.path)
    await assert.rejects(late.recordPageScript(), /ENOENT/)
    await writeSource(sources.path, 'const one: number = 1')
    assert.match(
      await late.recordPageScript(),
      /^\/browser\/[0-9a-f]{16}\/browser\/record-page\.js$/,
    )
  })

  it('are made again when that failed', async () => {
    await using sources = await temporaryData()
    const mended = new BrowserScripts(sources.path)
    await writeSource(sources.path, 'enum Torn { Half }')
    await assert.rejects(firstScriptOf(mended), /enum is not supported/)
    await writeSource(sources.path, 'const one: number = 1')
    assert.match((await firstScriptOf(mended)) ?? '', /^const one *= 1/)
  })
})

async function writeSource(sources: string, text: string): Promise<void> {
  await mkdir(path.join(sources, 'browser'), { recursive: true })
  await writeFile(path.join(sources, 'browser/record-page.ts'), text)
}

async function firstScriptOf(asked: BrowserScripts): Promise<string | undefined> {
  const [, , version = '', ...name] = (await asked.recordPageScript()).split('/')
  return asked.findScript(version, name.join('/'))
}

/** Follows the imports as a browser does. */
async function gather(name: string, version: string): Promise<void> {
  if (texts.has(name)) return
  const text = await scripts.findScript(version, name)
  assert.ok(text !== undefined, `${name} is not there`)
  texts.set(name, text)
  for (const specifier of importsIn(text)) {
    await gather(path.posix.join(path.posix.dirname(name), specifier), version)
  }
}

function importsIn(text: string): string[] {
  const specifiers = text.matchAll(
    /(?:^(?:import|export)\b[^'"]*\bfrom\s*|\bimport\()['"]([^'"]+)/gm,
  )
  return [...specifiers].map(([, specifier]) => specifier ?? '')
}

async function load(name: string) {
  return import(pathToFileURL(path.join(directory.path, name)).href)
}
