import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'

const data = path.join(import.meta.dirname, '../data/pantheon')

/** A workflow folder as the Pantheon project keeps it, and what its registry says about it. */
export interface PantheonEntry {
  readonly name: string
  readonly workflow: Sections
  /** Repository and commit the registry cites. */
  readonly cited: { readonly repository: string; readonly commit: string }
}

type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>

/** A file of a workflow folder, as a blob. */
export interface PantheonFile {
  readonly digest: string
  readonly size: number
  readonly bytes: Buffer
}

export function readPantheonEntry(name: string, registered: string): PantheonEntry {
  const registry = path.join(data, 'registry/entry/E4S', registered)
  const citation = parseSections(`commit:\n${readFileSync(`${registry}/commit.yaml`, 'utf8')}`)
  return {
    name,
    workflow: parseSections(readFileSync(path.join(data, name, 'pantheon/pantheon.yaml'), 'utf8')),
    cited: {
      repository: valueOf(citation, 'commit', 'repository'),
      commit: valueOf(citation, 'commit', 'commit'),
    },
  }
}

export function readPantheonFile(name: string, file: string): PantheonFile {
  const bytes = readFileSync(path.join(data, name, file))
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  return { digest, size: bytes.length, bytes }
}

export function valueOf(sections: Sections, section: string, name: string): string {
  const value = sections.get(section)?.get(name)
  if (value === undefined) throw new Error(`there is no ${name} in ${section}`)
  return value
}

/** The YAML these files use: sections of one level, each line a name and a plain value. */
function parseSections(text: string): Sections {
  const sections = new Map<string, Map<string, string>>()
  let current = new Map<string, string>()
  for (const line of text.split('\n')) {
    const heading = /^(\w+):\s*$/.exec(line)?.[1]
    const [, name, value] = /^\s*([\w-]+):\s+(.*?)\s*$/.exec(line) ?? []
    if (heading !== undefined) {
      current = new Map()
      sections.set(heading, current)
    } else if (name !== undefined && value !== undefined) {
      current.set(name, value)
    }
  }
  return sections
}
