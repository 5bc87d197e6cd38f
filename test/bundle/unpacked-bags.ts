import { createHash } from 'node:crypto'
import { appendFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { topDirectoryOf } from '../../src/bundle/layout.ts'
import type { Digest } from '../../src/record/digest.ts'
import { minimalPlan } from '../record-fixtures.ts'
import { Blobs, bundledOf, bundleOf, smallRun } from './bundle-fixtures.ts'
import { runWell, temporaryDirectory } from './programs.ts'

/** A bundle that was unpacked with tar. */
export interface Bag extends AsyncDisposable {
  /** Top directory of the unpacked bundle. */
  readonly path: string
  /** Empty directory beside it. */
  readonly beside: string
  readonly digest: Digest
}

export async function unpackedBag(documentOf = smallRun): Promise<Bag> {
  const blobs = new Blobs()
  const document = documentOf(blobs)
  const { bytes } = await bundleOf(document, blobs, 'full')
  const digest = bundledOf(document, blobs).recordDigest
  const directory = await temporaryDirectory()
  const beside = path.join(directory.path, 'beside')
  await mkdir(beside)
  await runWell(['tar', '-x', '-f', '-'], { input: bytes, cwd: directory.path })
  return {
    path: path.join(directory.path, topDirectoryOf(digest)),
    beside,
    digest,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  }
}

/** Makes the manifests agree with files that were changed, as a forger would. */
async function seal(bag: Bag, ...files: readonly string[]): Promise<void> {
  for (const file of files) {
    const manifest = file.startsWith('data/') ? 'manifest-sha256.txt' : 'tagmanifest-sha256.txt'
    const hex = createHash('sha256')
      .update(await readFile(path.join(bag.path, file)))
      .digest('hex')
    const lines = (await readFile(path.join(bag.path, manifest), 'utf8')).split('\n')
    const others = lines.filter((line) => line !== '' && line.slice(66) !== file)
    const sealed = [...others, `${hex}  ${file}`]
    await writeFile(path.join(bag.path, manifest), sealed.map((line) => `${line}\n`).join(''))
  }
}

/** What may happen to a bag, and how verify.sh says so. */
export interface Damage {
  readonly what: string
  /** What verify.sh must say about it. */
  readonly says: RegExp
  readonly inflict: (bag: Bag) => Promise<unknown>
}

export const damages: readonly Damage[] = [
  {
    what: 'a changed byte of the payload',
    says: /^data\/inputs\/heat\.in: FAILED\n.*FAIL changed files/s,
    inflict: (bag) => writeFile(path.join(bag.path, 'data/inputs/heat.in'), 'cells 65\n'),
  },
  {
    what: 'a changed record',
    says: /^data\/record\.json: FAILED\n.*FAIL changed files/s,
    inflict: (bag) => appendFile(path.join(bag.path, 'data/record.json'), ' '),
  },
  {
    what: 'a changed tag file',
    says: /^stele\/receipt\.jws: FAILED\n.*FAIL changed files/s,
    inflict: (bag) => appendFile(path.join(bag.path, 'stele/receipt.jws'), '\n'),
  },
  {
    what: 'a file that is not listed, in data',
    says: /^not listed: data\/inputs\/more\.in\nFAIL the files/,
    inflict: (bag) => writeFile(path.join(bag.path, 'data/inputs/more.in'), ''),
  },
  {
    what: 'a file that is not listed, beside the tag files',
    says: /^not listed: stele\/more\.jws\nFAIL the files/,
    inflict: (bag) => writeFile(path.join(bag.path, 'stele/more.jws'), ''),
  },
  {
    what: 'a file that is listed, but not in the tag manifest',
    says: /^manifest-sha256\.txt: FAILED\n.*FAIL changed files/s,
    inflict: async (bag) => {
      await writeFile(path.join(bag.path, 'data/more.in'), '')
      await seal(bag, 'data/more.in')
    },
  },
  {
    what: 'a missing file',
    says: /^missing: data\/inputs\/heat\.in\nFAIL the files/,
    inflict: (bag) => rm(path.join(bag.path, 'data/inputs/heat.in')),
  },
  {
    what: 'a missing record',
    says: /^FAIL data\/record\.json is missing/,
    inflict: (bag) => rm(path.join(bag.path, 'data/record.json')),
  },
  {
    what: 'a missing manifest',
    says: /^FAIL manifest-sha256\.txt is missing/,
    inflict: (bag) => rm(path.join(bag.path, 'manifest-sha256.txt')),
  },
  {
    what: 'a symbolic link instead of a file',
    says: /^\.\/data\/inputs\/heat\.in\nFAIL links/,
    inflict: async (bag) => {
      await rename(path.join(bag.path, 'data/inputs/heat.in'), path.join(bag.beside, 'heat.in'))
      await symlink('../../../beside/heat.in', path.join(bag.path, 'data/inputs/heat.in'))
    },
  },
  {
    what: 'a symbolic link instead of a directory',
    says: /^\.\/data\/inputs\nFAIL links/,
    inflict: async (bag) => {
      await rename(path.join(bag.path, 'data/inputs'), path.join(bag.beside, 'inputs'))
      await symlink('../../beside/inputs', path.join(bag.path, 'data/inputs'))
    },
  },
  {
    what: 'a line that sha256sum would skip',
    says: /FAIL lines of manifest-sha256\.txt that are not understood/,
    inflict: async (bag) => {
      await writeFile(path.join(bag.path, 'data/more'), '')
      await appendFile(path.join(bag.path, 'manifest-sha256.txt'), `${'0'.repeat(63)}  data/more\n`)
      await seal(bag, 'manifest-sha256.txt')
    },
  },
  {
    what: 'a file that the record does not name',
    says: /^[0-9a-f]{64} {2}data\/inputs\/heat\.in\nFAIL files that the record does not name/,
    inflict: async (bag) => {
      await writeFile(path.join(bag.path, 'data/inputs/heat.in'), 'cells 65\n')
      await seal(bag, 'data/inputs/heat.in', 'manifest-sha256.txt')
    },
  },
  {
    what: 'another record',
    says: /^FAIL this is the record sha256:[0-9a-f]{64}, expected sha256:/,
    inflict: async (bag) => {
      await writeFile(path.join(bag.path, 'data/record.json'), JSON.stringify(minimalPlan()))
      await seal(bag, 'data/record.json', 'manifest-sha256.txt')
    },
  },
]
