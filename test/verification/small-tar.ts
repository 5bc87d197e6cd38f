import { sha256 } from './test-keys.ts'

/** One member as it stands in the archive, however wrong. */
export interface Member {
  readonly path: string
  readonly bytes: Uint8Array
  readonly type?: string
  readonly mode?: number
  readonly link?: string
}

/** An archive written on its own, so that it can hold what a bundle never does. */
export function tarOf(members: readonly Member[]): Buffer {
  return Buffer.concat([...members.flatMap(blocksOf), Buffer.alloc(1024)])
}

function blocksOf({ path, bytes, type = '0', mode = 0o644, link = '' }: Member): Buffer[] {
  const header = Buffer.alloc(512)
  header.write(path, 0)
  header.write(`${octal(mode, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100)
  header.write(`${octal(bytes.length, 11)}\0${octal(1795168800, 11)}\0`, 124)
  header.write('        ', 148)
  header.write(type, 156)
  header.write(link, 157)
  header.write('ustar\u000000', 257)
  header.write(`${octal(0, 7)}\0${octal(0, 7)}\0`, 329)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${octal(sum, 6)}\0 `, 148)
  return [header, Buffer.from(bytes), Buffer.alloc(-bytes.length & 511)]
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}

/** Files of a bag by their path, without the manifests. */
export type Files = Readonly<Record<string, Uint8Array>>

/** The files together with manifests that list them, in the order of the tar. */
export function sealed(files: Files): Files {
  const payload = pathsOf(files).filter((path) => path.startsWith('data/'))
  const bytes = payload.reduce((sum, path) => sum + (files[path]?.length ?? 0), 0)
  const bagInfo = Buffer.from(files['bag-info.txt'] ?? '')
    .toString()
    .replace('OXUM', `${bytes}.${payload.length}`)
  const complete: Files = {
    ...files,
    'bag-info.txt': Buffer.from(bagInfo),
    'manifest-sha256.txt': manifestOf(files, payload),
  }
  const tags = pathsOf(complete).filter((path) => !path.startsWith('data/'))
  return { ...complete, 'tagmanifest-sha256.txt': manifestOf(complete, tags) }
}

export function membersOf(files: Files, top: string): Member[] {
  return pathsOf(files).map((path) => ({
    path: `${top}/${path}`,
    bytes: files[path] ?? Buffer.alloc(0),
    mode: /\.(sh|pyz)$/.test(path) ? 0o755 : 0o644,
  }))
}

function manifestOf(files: Files, paths: readonly string[]): Buffer {
  const lines = paths.map((path) => `${sha256(files[path] ?? '').toString('hex')}  ${path}\n`)
  return Buffer.from(lines.join(''))
}

function pathsOf(files: Files): string[] {
  return Object.keys(files).sort()
}
