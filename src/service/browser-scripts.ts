import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

const josePackage = path.dirname(fileURLToPath(import.meta.resolve('jose/package.json')))
const joseModules = path.join(josePackage, 'dist/webapi')

/** A module before its types are stripped, with its imports as browsers need them. */
interface Module {
  /** Below the address of all scripts: folders as in `src`, and `jose`. */
  readonly name: string
  readonly text: string
  /** Files it imports. */
  readonly imports: readonly string[]
}

class Gathered {
  /** Hex digits that are others when a module is. */
  readonly version: string
  readonly #modules: readonly Module[]
  #stripped: Promise<ReadonlyMap<string, string>> | undefined

  constructor(version: string, modules: readonly Module[]) {
    this.version = version
    this.#modules = modules
  }

  strippedTexts(): Promise<ReadonlyMap<string, string>> {
    this.#stripped ??= strippedTexts(this.#modules)
    return this.#stripped
  }
}

/**
 * The modules that check a record, as JavaScript for browsers. There is no build
 * step: Node itself strips the types, when somebody asks for the first of them. What
 * fails then is tried again by the next who asks.
 */
export class BrowserScripts {
  readonly #sources: string
  #gathered: Promise<Gathered> | undefined

  /** @param sources - the folder that has those of the modules. */
  constructor(sources = path.join(import.meta.dirname, '..')) {
    this.#sources = sources
  }

  /** Path of the script of a record's page; it is another one when a module changes. */
  async recordPageScript(): Promise<string> {
    const { version } = await this.#gather()
    return `/browser/${version}/browser/record-page.js`
  }

  /** The text of a module; `undefined` when there is none, or it is of another version. */
  async findScript(version: string, name: string): Promise<string | undefined> {
    const gathered = await this.#gather()
    if (version !== gathered.version) return undefined
    return (await this.#forgottenIfItFails(gathered.strippedTexts())).get(name)
  }

  #gather(): Promise<Gathered> {
    this.#gathered ??= this.#forgottenIfItFails(gather(this.#sources))
    return this.#gathered
  }

  async #forgottenIfItFails<Value>(making: Promise<Value>): Promise<Value> {
    try {
      return await making
    } catch (error) {
      this.#gathered = undefined
      throw error
    }
  }
}

async function gather(sources: string): Promise<Gathered> {
  const modules = new Map<string, Module>()
  const waiting = [path.join(sources, 'browser/record-page.ts')]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (modules.has(file)) continue
    const module = await readModule(file, sources)
    modules.set(file, module)
    waiting.push(...module.imports)
  }
  const inOrder = [...modules.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  const hash = createHash('sha256').update(process.version)
  for (const { name, text } of inOrder) hash.update(`\0${name}\0${text}`)
  return new Gathered(hash.digest('hex').slice(0, 16), inOrder)
}

/** Imports and exports from another module, but of types alone; and imports made later. */
const importPattern =
  /(^(?:import|export)\b(?! type\b)[^'"]*?\bfrom\s*|\bimport\(\s*)(['"])([^'"]+)\2/gm

async function readModule(file: string, sources: string): Promise<Module> {
  const name = nameOf(file, sources)
  const imports: string[] = []
  const whole = await readFile(file, 'utf8')
  const text = whole.replace(importPattern, (_, before: string, quote: string, from: string) => {
    const imported = fileOf(from, file)
    imports.push(imported)
    const target = path.posix.relative(path.posix.dirname(name), nameOf(imported, sources))
    return `${before}${quote}${target.startsWith('.') ? target : `./${target}`}${quote}`
  })
  return { name, text, imports }
}

function fileOf(specifier: string, importer: string): string {
  if (specifier.startsWith('.')) return path.resolve(path.dirname(importer), specifier)
  return fileURLToPath(import.meta.resolve(specifier))
}

function nameOf(file: string, sources: string): string {
  const ofJose = path.relative(joseModules, file)
  if (!ofJose.startsWith('..')) return `jose/${ofJose}`
  return path.relative(sources, file).replace(/\.ts$/, '.js')
}

async function strippedTexts(modules: readonly Module[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map(modules.map(({ name, text }) => [name, text]))
  const ours = new Map([...texts].filter(([name]) => !name.startsWith('jose/')))
  const licence = await readFile(path.join(josePackage, 'LICENSE.md'), 'utf8')
  return new Map([...texts, ...(await stripTypes(ours)), ['jose/LICENSE.md', licence]])
}

/** In a thread of its own: it takes a while, and Node warns that the function is a young one. */
async function stripTypes(texts: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const worker = new Worker(new URL('./strip-types.ts', import.meta.url), {
    workerData: texts,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const [stripped]: Map<string, string>[] = await once(worker, 'message')
  if (stripped === undefined) throw new Error('the thread that strips types gave nothing')
  return stripped
}
