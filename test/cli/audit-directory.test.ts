import assert from 'node:assert/strict'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openRegistryUnderTest } from '../http/registry-under-test.ts'
import { digestOfText, runWithOutputs } from '../http/run-with-outputs.ts'
import { minimalRun } from '../record-fixtures.ts'
import { runStele } from '../service/service-process.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { deposit, putBlobs } from './audited-registry.ts'

const text = 'temperatures of a rod'
const root = await temporaryData()
/** A registry whose service has stopped, with one record; tests change copies of it. */
const original = path.join(root.path, 'original')
let record: string
let state: string

before(async () => {
  record = await depositInto(original, runWithOutputs([text], { title: 'The first' }))
  state = path.join(root.path, 'state')
  const { code, output } = await audit(original, '--state', state)
  assert.equal(code, 0, output)
})
after(() => root[Symbol.asyncDispose]())

describe('stele audit, given the directory of a registry', () => {
  it('holds its files against each other without a service', async () => {
    const { code, output } = await audit(original, '--records', '--blobs')
    assert.equal(code, 0, output)
    assert.match(output, /\nGood: 3 entries, 1 records, 1 blobs read; the log has 3 entries\.\n$/)
    const ofVault = await audit(path.join(original, 'blobs'), '--records')
    assert.equal(ofVault.code, 0, ofVault.output)
  })

  it('follows it as it grows', async () => {
    const grown = await copyOf(original)
    await depositInto(grown, minimalRun({ title: 'The second' }))
    const { code, output } = await audit(grown, '--state', await copyOf(state), '--records')
    assert.equal(code, 0, output)
    assert.match(output, /\nGood: 1 entries, 1 records, 0 blobs read; the log has 4 entries\.\n$/)
  })

  it('finds a blob, a record and an entry that were changed on the disk', async () => {
    const changed = await copyOf(original)
    const hex = digestOfText(text).slice('sha256:'.length)
    await overwrite(changed, `blobs/sha256/${hex.slice(0, 2)}/${hex}`, text.toUpperCase())
    const ofBlob = await audit(changed, '--blobs')
    assert.deepEqual([ofBlob.code, /^BAD: blobs;/m.test(ofBlob.output)], [1, true])
    const name = record.slice('sha256:'.length)
    await overwrite(changed, `records/sha256/${name.slice(0, 2)}/${name}.json`, '{}')
    const ofRecord = await audit(changed, '--records')
    assert.deepEqual([ofRecord.code, /^BAD: records;/m.test(ofRecord.output)], [1, true])
    await overwrite(changed, 'log/tile/entries/000.p/3', Buffer.of(0, 1, 65, 0, 1, 66, 0, 1, 67))
    const ofEntry = await audit(changed)
    assert.deepEqual([ofEntry.code, /^BAD: .*entries/m.test(ofEntry.output)], [1, true])
  })

  it('excuses no record that is missing', async () => {
    const changed = await copyOf(original)
    const name = record.slice('sha256:'.length)
    await rm(path.join(changed, `blobs/records/sha256/${name.slice(0, 2)}/${name}.json`))
    const { code, output } = await audit(changed, '--records')
    assert.deepEqual([code, output.includes(`${record} or its blobs are not given out`)], [1, true])
  })

  it('follows the log from key to key', async () => {
    const rotated = await copyOf(original)
    const settings = { STELE_DATA: rotated, STELE_URL: 'https://registry.example.org' }
    const known = await copyOf(state)
    const { code, errors } = await runStele(['keys', 'rotate', 'log'], settings)
    assert.equal(code, 0, errors)
    const { output: list } = await runStele(['keys', 'list'], settings)
    const [, old = ''] = /^log +(\S+)/m.exec(list) ?? []
    assert.equal((await runStele(['keys', 'retire', old], settings)).code, 0)
    assert.equal((await runStele(['keys', 'rotate', 'receipt'], settings)).code, 0)
    await depositInto(rotated, minimalRun({ title: 'With new keys' }))
    const { code: held, output } = await audit(rotated, '--state', known, '--records')
    assert.equal(held, 0, output)
    assert.match(output, /^good +trust +signed by a key that the log has introduced with the word/m)
  })
})

describe('stele audit of a log that was rewritten', () => {
  it('keeps two heads of one size as evidence, and its state as it was', async () => {
    const [one, other, known] = [
      await copyOf(original),
      await copyOf(original),
      await copyOf(state),
    ]
    await depositInto(one, minimalRun({ title: 'Shown to some' }))
    await depositInto(other, minimalRun({ title: 'Shown to others' }))
    await audit(one, '--state', known)
    const before = await readFile(known, 'utf8')
    const { code, output } = await audit(other, '--state', known)
    assert.equal(code, 1)
    assert.match(
      output,
      /^bad +consistency +there are two heads at 4 entries, with different roots$/m,
    )
    const evidence = await evidenceNamedIn(output)
    assert.equal(evidence.get('checkpoint.seen'), await checkpointOf(one))
    assert.equal(evidence.get('checkpoint.shown'), await checkpointOf(other))
    assert.match(evidence.get('README.txt') ?? '', /there are two heads at 4 entries/)
    assert.equal(await readFile(known, 'utf8'), before)
  })

  it('keeps the failed proof and its tiles where the log has grown on another past', async () => {
    const [one, other, known] = [
      await copyOf(original),
      await copyOf(original),
      await copyOf(state),
    ]
    await depositInto(one, minimalRun({ title: 'Shown to some' }))
    await depositInto(other, minimalRun({ title: 'Shown to others' }))
    await depositInto(other, minimalRun({ title: 'And one more' }))
    await audit(one, '--state', known)
    const { code, output } = await audit(other, '--state', known)
    assert.equal(code, 1)
    assert.match(output, /^bad +consistency +the log was not only added to from 4 to 5 entries/m)
    const evidence = await evidenceNamedIn(output)
    const names = ['README.txt', 'checkpoint.seen', 'checkpoint.shown', 'consistency-proof']
    assert.deepEqual([...evidence.keys()].toSorted(), [...names, 'tile/0/000.p/5'])
    assert.match(evidence.get('consistency-proof') ?? '', /^([A-Za-z0-9+/]{43}=\n)+$/)
  })

  it('keeps both heads of a registry that was restored from an old backup', async () => {
    const [grown, known] = [await copyOf(original), await copyOf(state)]
    await depositInto(grown, minimalRun({ title: 'Lost with the disk' }))
    await audit(grown, '--state', known)
    const { code, output } = await audit(original, '--state', known)
    assert.equal(code, 1)
    assert.match(output, /^bad +consistency +the log has 3 entries, it had 4$/m)
    const evidence = await evidenceNamedIn(output)
    assert.equal(evidence.get('checkpoint.shown'), await checkpointOf(original))
  })

  it('finds a proof whose head the log never had', async () => {
    const [one, other] = [await copyOf(original), await copyOf(original)]
    const digest = await depositInto(one, minimalRun({ title: 'Given a proof' }))
    await depositInto(other, minimalRun({ title: 'Another at its place' }))
    await depositInto(other, minimalRun({ title: 'Given a proof' }))
    const hex = digest.slice('sha256:'.length)
    const proof = `records/sha256/${hex.slice(0, 2)}/${hex}.tlog-proof`
    await overwrite(other, proof, await readFile(path.join(one, 'blobs', proof)))
    const { code, output } = await audit(other, '--records', '--state', await copyOf(state))
    assert.equal(code, 1)
    assert.match(output, /the proof is of a head at 4 entries that this log never had$/m)
    const evidence = await evidenceNamedIn(output)
    assert.equal(evidence.get('checkpoint.seen'), await checkpointOf(one))
  })
})

function audit(...args: string[]) {
  return runStele(['audit', ...args], {})
}

/** Starts the registry, deposits and stops it again. */
async function depositInto(directory: string, document: Parameters<typeof deposit>[1]) {
  const database = `sqlite:${path.join(directory, 'catalog.sqlite')}`
  await using registry = await openRegistryUnderTest({ directory, database })
  await putBlobs(registry, [{ digest: digestOfText(text), text }])
  return await deposit(registry, document)
}

let copies = 0

async function copyOf(place: string): Promise<string> {
  copies += 1
  const copy = path.join(root.path, `copy-${copies}`)
  await cp(place, copy, { recursive: true })
  return copy
}

async function overwrite(directory: string, name: string, bytes: string | Uint8Array) {
  const file = path.join(directory, 'blobs', name)
  await rm(file, { force: true })
  await writeFile(file, bytes)
}

async function checkpointOf(directory: string): Promise<string> {
  return readFile(path.join(directory, 'blobs/log/checkpoint'), 'utf8')
}

/** The files of the directory that the output names, by path. */
async function evidenceNamedIn(output: string): Promise<Map<string, string>> {
  const [, directory = ''] = /evidence is in (\S+)\.\n/.exec(output) ?? []
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const file = path.join(parentPath, name)
        return [path.relative(directory, file), await readFile(file, 'utf8')] as const
      }),
    ),
  )
}
