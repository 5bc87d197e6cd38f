import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'

const root = path.dirname(import.meta.dirname)

const pure = ['record', 'attestation', 'log', 'spack', 'machine', 'bundle', 'verification']

/** Who may import whom; a folder may always import itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  record: [],
  attestation: ['record'],
  log: ['record'],
  spack: ['record'],
  machine: ['record'],
  bundle: ['record', 'attestation', 'log', 'spack'],
  verification: ['record', 'attestation', 'log', 'bundle'],
  vault: ['record'],
  catalog: ['record', 'spack'],
  publication: ['record', 'attestation', 'log', 'catalog', 'vault'],
  archive: [...pure, 'vault', 'catalog', 'publication'],
  landing: pure,
  http: [...pure, 'archive', 'landing'],
  browser: pure,
  cli: [...pure, 'archive', 'service'],
  service: [...pure, 'vault', 'catalog', 'publication', 'archive', 'landing', 'http', 'browser'],
}

/** Folders the use cases know by their seams alone. */
const seamsOfArchive = ['vault', 'catalog', 'publication']

/** Packages from npm that a pure folder may use; every other one may use none. */
const packagesOfPureFolders: Readonly<Record<string, readonly string[]>> = {
  record: ['zod'],
  attestation: ['jose'],
}

const namesThatSayNothing =
  /^(utils?|common|misc|types|interfaces|models|services|helpers?|index)(\.ts)?$/

interface SourceFile {
  /** From the root of the project, with `/`. */
  readonly name: string
  /** First folder below `src`. */
  readonly folder: string
  readonly lines: number
  /** Without comments. */
  readonly code: string
  readonly imports: readonly Import[]
}

interface Import {
  readonly from: string
  /** First folder below `src` it leads to, `node:…` or a package name. */
  readonly target: string
  readonly typeOnly: boolean
}

const sources = globSync('src/**/*.ts', { cwd: root }).sort().map(readSource)
const pureSources = sources.filter((source) => pure.includes(source.folder))

describe('the folders of src', () => {
  it('are those of the import table', () => {
    const folders = new Set(sources.map((source) => source.folder))
    const unknown = [...folders].filter((folder) => mayImport[folder] === undefined)
    assert.deepEqual(unknown, [])
  })

  it('import only the folders the table allows', () => {
    const wrong = sources.flatMap((source) =>
      source.imports
        .filter((imported) => isFolder(imported) && !allowedFrom(source.folder, imported.target))
        .map((imported) => `${source.name} imports ${imported.from}`),
    )
    assert.deepEqual(wrong, [])
  })

  it('are known to the use cases by their seams alone', () => {
    const wrong = sources
      .filter((source) => source.folder === 'archive')
      .flatMap((source) =>
        source.imports
          .filter((imported) => seamsOfArchive.includes(imported.target) && !imported.typeOnly)
          .map((imported) => `${source.name} imports a value from ${imported.from}`),
      )
    assert.deepEqual(wrong, [])
  })

  it('are not re-exported: one imports from the file that defines the thing', () => {
    const wrong = sources.filter((source) => /^export\s[\w\s{},*$]+?\sfrom\s/m.test(source.code))
    assert.deepEqual(namesOf(wrong), [])
  })

  it('have names that say what is in them', () => {
    const wrong = sources.filter((source) =>
      source.name.split('/').some((component) => namesThatSayNothing.test(component)),
    )
    assert.deepEqual(namesOf(wrong), [])
  })
})

describe('a pure folder', () => {
  it('imports nothing of Node and no package but its own', () => {
    const wrong = pureSources.flatMap((source) =>
      source.imports
        .filter((imported) => !isFolder(imported))
        .filter(({ target }) => !(packagesOfPureFolders[source.folder] ?? []).includes(target))
        .map((imported) => `${source.name} imports ${imported.from}`),
    )
    assert.deepEqual(wrong, [])
  })

  it('has no clock, no chance, no network and no global of Node', () => {
    const impure =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|(?<!\.)\bfetch\(|\bsetTimeout\(|\bBuffer\b|\bprocess\./
    const wrong = pureSources.flatMap((source) => {
      const found = impure.exec(source.code)
      return found === null ? [] : [`${source.name} uses ${found[0]}`]
    })
    assert.deepEqual(wrong, [])
  })
})

describe('one place', () => {
  it('makes the stores: service/wire.ts', () => {
    const stores = sources
      .filter((source) => seamsOfArchive.includes(source.folder))
      .flatMap((source) =>
        [...source.code.matchAll(/^export class (\w+)[^{]*\bimplements\b/gm)].map(([, name]) => ({
          name: name ?? '',
          folder: source.folder,
        })),
      )
    const wrong = stores.flatMap(({ name, folder }) =>
      sources
        .filter((source) => source.folder !== folder && source.name !== 'src/service/wire.ts')
        .filter((source) => new RegExp(`\\bnew ${name}\\(|\\b${name}\\.open`).test(source.code))
        .map((source) => `${source.name} makes a ${name}`),
    )
    assert.deepEqual(wrong, [])
  })

  it('reads the environment of the process: service/settings.ts', () => {
    const readers = sources.filter(
      (source) =>
        /\bprocess\s*(\.|\?\.|\[')env\b/.test(source.code) ||
        source.imports.some((imported) => imported.target === 'node:process'),
    )
    const wrong = namesOf(readers).filter((name) => name !== 'src/service/settings.ts')
    assert.deepEqual(wrong, [])
  })
})

describe('the files of the project', () => {
  it('have at most 250 lines', () => {
    const others = globSync('{test,bench,examples}/**/*.ts', { cwd: root }).map(readSource)
    const wrong = [...sources, ...others].filter((source) => source.lines > 250)
    assert.deepEqual(namesOf(wrong), [])
  })

  it('are Python in the runner, and elsewhere only in experiments and foreign checks', () => {
    const programs = globSync('**/*.{ts,js,mjs,cjs,py,pl,rb,c,go,rs}', {
      cwd: root,
      exclude: ['node_modules', 'stele-data', '.images', '.git', 'bench/.work'],
    })
    const wrong = programs.filter(
      (name) => !isForeign(name) && !name.endsWith(name.startsWith('runner/') ? '.py' : '.ts'),
    )
    assert.deepEqual(wrong, [])
  })
})

function readSource(name: string): SourceFile {
  const text = readFileSync(path.join(root, name), 'utf8')
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\w])\/\/.*$/gm, '$1')
  return {
    name,
    folder: folderOf(name),
    lines: text.split('\n').length - 1,
    code,
    imports: importsOf(code, name),
  }
}

function importsOf(code: string, name: string): Import[] {
  const names = '[\\w\\s{},*$]+?'
  const statement = new RegExp(
    `^(?:import\\s+(?:(${names})\\s+from\\s+)?|export\\s+(${names})\\s+from\\s+)'([^']+)'`,
    'gm',
  )
  const dynamic = /\bimport\(\s*'([^']+)'/g
  return [
    ...[...code.matchAll(statement)].map(([, imported, exported, from = '']) => ({
      from,
      target: targetOf(from, name),
      typeOnly: isTypeOnly(imported ?? exported ?? ''),
    })),
    ...[...code.matchAll(dynamic)].map(([, from = '']) => ({
      from,
      target: targetOf(from, name),
      typeOnly: false,
    })),
  ]
}

function isTypeOnly(what: string): boolean {
  if (what.startsWith('type ')) return true
  const names = /^\{(.*)\}$/s.exec(what.trim())?.[1]
  const each = (names ?? 'value').split(',').filter((one) => one.trim() !== '')
  return each.every((one) => one.trim().startsWith('type '))
}

function targetOf(from: string, name: string): string {
  if (from.startsWith('.')) return folderOf(path.posix.join(path.posix.dirname(name), from))
  if (from.startsWith('node:')) return from
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/')
}

/** First folder below `src`; files outside of it count as a folder of their own name. */
function folderOf(name: string): string {
  const [top = '', folder = ''] = name.split('/')
  return top === 'src' ? folder : top
}

function isFolder(imported: Import): boolean {
  return imported.from.startsWith('.')
}

function allowedFrom(folder: string, target: string): boolean {
  return folder === target || (mayImport[folder] ?? []).includes(target)
}

/** Experiments, and programs that check what we make with libraries that are not ours. */
function isForeign(name: string): boolean {
  return /^(examples\/[^/]+\/.*\.py|test\/interop\/.*\.(py|go))$/.test(name)
}

function namesOf(files: readonly SourceFile[]): string[] {
  return files.map((file) => file.name)
}
