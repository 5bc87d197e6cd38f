import * as fc from 'fast-check'
import { createHash } from 'node:crypto'
import type { BundleEntry } from '../../src/bundle/layout.ts'
import { tagManifestPath } from '../../src/bundle/layout.ts'
import { sortedByPath } from '../../src/bundle/path-order.ts'
import { digestOfHex } from '../../src/record/digest.ts'
import { collidingPaths, pathFault } from '../../src/record/path-rules.ts'

const anyCharacter = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...Array.from('abcXYZ019 _.,+=:;!$&()[]{}@#\'"*?')) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('ä', 'ß', 'Ω', '日', '本', '\u{e000}', '\u{ffee}', '\u{1f9ea}'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
)

const component = (maxLength: number) =>
  fc.string({ unit: anyCharacter, minLength: 1, maxLength }).map((text) => text.normalize('NFC'))

/** Any path that a record may hold: short, around the limits of ustar, and up to 1024 bytes. */
export const anyPath = fc
  .oneof(
    fc.array(component(12), { minLength: 1, maxLength: 4 }),
    fc.array(component(90), { minLength: 1, maxLength: 5 }),
    fc.array(component(200), { minLength: 2, maxLength: 9 }),
    fc.integer({ min: 95, max: 105 }).map((length) => ['a'.repeat(length)]),
    fc
      .tuple(fc.integer({ min: 150, max: 158 }), fc.integer({ min: 96, max: 103 }))
      .map(([prefix, name]) => ['p'.repeat(prefix), 'n'.repeat(name)]),
    fc.constant([...Array.from({ length: 4 }, (_, i) => String(i).repeat(204)), 'x'.repeat(204)]),
  )
  .map((components) => components.join('/'))
  .filter((path) => pathFault(path) === undefined)

export interface AnyFile {
  readonly path: string
  readonly bytes: Uint8Array
  readonly executable: boolean
}

/** Files that may lie side by side in one bundle. */
export const anyFiles: fc.Arbitrary<AnyFile[]> = fc
  .array(
    fc.record({
      path: anyPath,
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 600 }),
        fc
          .constantFrom(0, 1, 511, 512, 513, 1024, 70_000)
          .map((length) => new Uint8Array(length).fill(65)),
      ),
      executable: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map(withoutCollisions)

function withoutCollisions(files: readonly AnyFile[]): AnyFile[] {
  const colliding = new Set(collidingPaths([tagManifestPath, ...files.map(({ path }) => path)]))
  return files.filter((_, index) => !colliding.has(index + 1))
}

/** The files as entries of a bundle; every bundle needs a tag manifest. */
export function entriesOf(files: readonly AnyFile[]): BundleEntry[] {
  const tagManifest = { path: tagManifestPath, bytes: Buffer.from('tags'), executable: false }
  return sortedByPath([...files, tagManifest].map(entryOf))
}

function entryOf({ path, bytes, executable }: AnyFile): BundleEntry {
  const digest = digestOfHex(createHash('sha256').update(bytes).digest('hex'))
  const mode = executable ? 0o755 : 0o644
  return { path, mode, byteLength: bytes.length, digest, source: { bytes } }
}
