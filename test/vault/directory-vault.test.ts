import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFile, chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { hexOf } from '../../src/record/digest.ts'
import { openDirectoryVault } from '../../src/vault/directory-vault.ts'
import { digestOfText, silentAfter, streamOf } from './byte-streams.ts'
import { filesIn, temporaryDirectory } from './temporary-vault.ts'

const run = promisify(execFile)

describe('Opening a vault', () => {
  it('makes the directory and its parents', async () => {
    const root = join(await temporaryDirectory(), 'archive', 'of', 'runs')
    await openDirectoryVault(root)
    assert.match(await readFile(join(root, 'README.txt'), 'utf8'), /blobs\/sha256\/ab\/abcd/)
  })

  it('writes README.txt anew when it is not the present one', async () => {
    const root = await temporaryDirectory()
    await writeFile(join(root, 'README.txt'), 'of an earlier version')
    await openDirectoryVault(root)
    assert.match(await readFile(join(root, 'README.txt'), 'utf8'), /^An archive of executed/)
  })

  it('removes what a process that was killed left unfinished', async () => {
    const root = await temporaryDirectory()
    await openDirectoryVault(root)
    const deadProcess = await run(process.execPath, ['-p', 'process.pid'])
    await writeFile(join(root, 'incoming', `${deadProcess.stdout.trim()}-mark-1`), 'half')
    await writeFile(join(root, 'incoming', `${process.pid}-mark-of-an-earlier-start-1`), 'half')
    await openDirectoryVault(root)
    assert.deepEqual(await filesIn(root), [])
  })

  it('leaves alone what this process or another one is writing', async () => {
    const root = await temporaryDirectory()
    const { blobs } = await openDirectoryVault(root)
    const controller = new AbortController()
    const put = blobs.put(silentAfter('half'), { signal: controller.signal })
    await writeFile(join(root, 'incoming', `${process.ppid}-mark-1`), 'half')
    await openDirectoryVault(root)
    assert.equal((await filesIn(root)).length, 2)
    controller.abort(new Error('enough'))
    await assert.rejects(put, /enough/)
  })
})

describe('README.txt of a vault', () => {
  it('has commands that are silent when all is well and name what is not', async () => {
    const root = await temporaryDirectory()
    const { blobs, documents } = await openDirectoryVault(root)
    await blobs.put(streamOf('first'))
    const { digest } = await blobs.put(streamOf('second'))
    const record = await digestOfText('record')
    const event = await digestOfText('event')
    await documents.putAll([
      { digest: record, kind: 'json', bytes: Buffer.from('record') },
      { digest: record, kind: 'signatures', bytes: new Uint8Array(3) },
    ])
    const withoutEvents = await checkByHand(root)
    await documents.putAll([{ digest: event, kind: 'event', bytes: Buffer.from('event') }])
    const untouched = await checkByHand(root)
    await documents.putAll([{ digest: record, kind: 'event', bytes: Buffer.from('altered') }])
    const blob = join(root, 'blobs', 'sha256', hexOf(digest).slice(0, 2), hexOf(digest))
    await chmod(blob, 0o644)
    await appendFile(blob, 'x')
    const altered = await checkByHand(root)
    assert.deepEqual([withoutEvents, untouched], ['', ''])
    assert.match(altered, new RegExp(`${hexOf(digest)}: FAILED`))
    assert.match(altered, new RegExp(`events/.*${hexOf(record)}.json: FAILED`))
  })
})

/** Runs the indented commands of README.txt, as a reader would, and returns what they print. */
async function checkByHand(root: string): Promise<string> {
  const text = await readFile(join(root, 'README.txt'), 'utf8')
  const [blobCheck = '', recordCheck = ''] = text.match(/^ {2}(?:cd|for) .*\n(?: {4}.*\n)+/gm) ?? []
  const script = `exec 2>&1; (${blobCheck}); (${recordCheck}); true`
  return (await run('sh', ['-c', script], { cwd: root })).stdout
}
