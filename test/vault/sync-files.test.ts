import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { syncEach, syncFilesWith } from '../../src/vault/sync-files.ts'
import { temporaryDirectory } from './temporary-vault.ts'

const file = 'records/aa/first.json'
const gnu = 'sync (GNU coreutils) 9.1'
const canBeTrusted = async () => true
const fewestFiles = 1

describe('Bringing many files to the disk', () => {
  it('asks the program for the file system of the files, and for no more', async () => {
    const root = await rootWithFile()
    const program = await programOf(root, gnu, 'echo "$@" > "$2/asked"')
    await syncFilesWith({ program, canBeTrusted, fewestFiles })(
      root,
      new Set([file, 'records/bb/not-there.json']),
    )
    assert.equal(readFileSync(join(root, 'asked'), 'utf8'), `--file-system ${root}\n`)
  })

  it('fails when the program does, with what it says', async () => {
    const root = await rootWithFile()
    const program = await programOf(root, gnu, 'echo "error syncing: i/o error" >&2; exit 1')
    await assert.rejects(
      syncFilesWith({ program, canBeTrusted, fewestFiles })(root, new Set([file])),
      /ended with 1: error syncing: i\/o error/,
    )
  })

  it('fails when the program is killed, because nobody knows what it has seen', async () => {
    const root = await rootWithFile()
    const program = await programOf(root, gnu, 'kill -9 $$')
    await assert.rejects(
      syncFilesWith({ program, canBeTrusted, fewestFiles })(root, new Set([file])),
      /ended with SIGKILL/,
    )
  })

  it('goes through the files where the program is another one', async () => {
    const root = await rootWithFile()
    const program = await programOf(root, 'BusyBox v1.35.0', 'touch "$2/asked"')
    const sync = syncFilesWith({ program, canBeTrusted, fewestFiles })
    await sync(root, new Set([file]))
    await assert.rejects(sync(root, new Set([file, 'records/not-there.json'])), { code: 'ENOENT' })
    assert.equal(existsSync(join(root, 'asked')), false)
  })

  it('goes through the files where there is no program, or it is gone', async () => {
    const root = await rootWithFile()
    const program = await programOf(root, gnu, 'true')
    const sync = syncFilesWith({ program, canBeTrusted, fewestFiles })
    await sync(root, new Set(['records/not-there.json']))
    await rm(program)
    const missing = new Set(['records/not-there.json'])
    await sync(root, new Set([file]))
    await assert.rejects(sync(root, missing), { code: 'ENOENT' })
    await assert.rejects(syncFilesWith({ program, canBeTrusted, fewestFiles })(root, missing), {
      code: 'ENOENT',
    })
  })

  it('goes through the files where a sync of the file system says nothing of failures', async () => {
    const root = await rootWithFile()
    const program = await programOf(root, gnu, 'touch "$2/asked"')
    const sync = syncFilesWith({ program, canBeTrusted: async () => false, fewestFiles })
    await sync(root, new Set([file]))
    await assert.rejects(sync(root, new Set(['records/not-there.json'])), { code: 'ENOENT' })
    assert.equal(existsSync(join(root, 'asked')), false)
  })

  it('goes through the files when they are few', async () => {
    const root = await rootWithFile()
    const program = await programOf(root, gnu, 'touch "$2/asked"')
    const sync = syncFilesWith({ program, canBeTrusted, fewestFiles: 2 })
    await sync(root, new Set([file]))
    const afterOne = existsSync(join(root, 'asked'))
    await sync(root, new Set([file, 'sync']))
    assert.deepEqual([afterOne, existsSync(join(root, 'asked'))], [false, true])
  })

  it('works with the program of this system', async () => {
    const root = await rootWithFile()
    await syncFilesWith({ fewestFiles })(root, new Set([file]))
    await assert.rejects(syncFilesWith({ fewestFiles })(join(root, 'not-there'), new Set([file])))
  })

  it('lets other work of the thread go on', async () => {
    const root = await temporaryDirectory()
    const names = Array.from({ length: 20 }, (_, index) => `${index}.json`)
    await Promise.all(names.map((name) => writeFile(join(root, name), name)))
    const files = new Set(names)
    const synced = syncEach(root, files)
    // What is removed while it goes on is no fault.
    await rm(join(root, '19.json'))
    files.delete('19.json')
    await synced
    assert.equal(files.size, 19)
  })
})

async function rootWithFile(): Promise<string> {
  const root = await temporaryDirectory()
  await mkdir(join(root, 'records/aa'), { recursive: true })
  await writeFile(join(root, file), '{}')
  return root
}

/** A program that says which it is, and otherwise does what the script says. */
async function programOf(root: string, version: string, script: string): Promise<string> {
  const path = join(root, 'sync')
  const lines = ['#!/bin/sh', `[ "$1" = --version ] && { echo '${version}'; exit; }`, script, '']
  await writeFile(path, lines.join('\n'))
  await chmod(path, 0o755)
  return path
}
