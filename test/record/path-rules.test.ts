import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { collidingPaths, pathFault } from '../../src/record/path-rules.ts'

describe('a path of a record', () => {
  const allowed: readonly (readonly [string, string])[] = [
    ['a name', 'input.csv'],
    ['a path', 'results/2026/frame-0005.png'],
    ['a hidden file', '.spack/config.yaml'],
    ['spaces inside', 'my input.csv'],
    ['a dash and a tilde inside', 'a-b~c'],
    ['letters in form NFC', 'caf\u00e9/\u65e5\u672c\u8a9e.txt'],
    ['characters outside of the BMP', '\u{1f600}'],
    ['a pattern', 'frames/**/image_*.pn?'],
    ['three dots at the start', '...a'],
    ['255 bytes', 'x'.repeat(255)],
    [
      '1024 bytes',
      `${'x'.repeat(255)}/${'y'.repeat(255)}/${'z'.repeat(255)}/${'w'.repeat(256 - 1)}`,
    ],
  ]
  for (const [what, path] of allowed) {
    it(`may be ${what}`, () => {
      assert.equal(pathFault(path), undefined)
    })
  }

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['nothing', '', /empty path/],
    ['absolute', '/etc/passwd', /absolute/],
    ['with an empty component', 'a//b', /empty component/],
    ['with a slash at the end', 'a/', /empty component/],
    ['the directory itself', '.', /component \.$/],
    ['leaving the directory', 'a/../../b', /component \.\.$/],
    ['with a dot component', './a', /component \.$/],
    ['in form NFD', 'cafe\u0301', /NFC/],
    ['with a line feed', 'a\nb', /control character/],
    ['with a carriage return', 'a\rb', /control character/],
    ['with NUL', 'a\u0000', /control character/],
    ['with DEL', 'a\u007f', /control character/],
    ['with a percent sign', 'a%0Ab', /%/],
    ['with a backslash', 'a\\b', /backslash/],
    ['starting with a dash', '-rf', /starts with/],
    ['with a component that starts with a dash', 'a/-rf', /starts with/],
    ['starting with a tilde', '~ada/x', /starts with/],
    ['ending with a space', 'a ', /ends with/],
    ['with a component that ends with a dot', 'a./b', /ends with/],
    ['with a component of 256 bytes', 'x'.repeat(256), /255 bytes/],
    ['with a component of 128 two-byte letters', '\u00e9'.repeat(128), /255 bytes/],
    ['of 1025 bytes', `${'x/'.repeat(512)}y`, /1024 bytes/],
  ]
  for (const [what, path, fault] of refused) {
    it(`may not be ${what}`, () => {
      assert.match(pathFault(path) ?? 'accepted', fault)
    })
  }
})

describe('paths of one list collide', () => {
  const lists: readonly (readonly [string, readonly string[], readonly number[]])[] = [
    ['never when they differ', ['a', 'b', 'a.b', 'ab/a', 'ab/b'], []],
    ['when they are equal', ['a', 'b', 'a'], [2]],
    ['when they differ by case', ['Readme', 'x', 'README'], [2]],
    ['when directories differ by case and files are equal', ['Data/x', 'data/X'], [1]],
    ['when letters with accents differ by case', ['\u00c9t\u00e9', '\u00e9t\u00c9'], [1]],
    ['when they are one name in NFC and NFD', ['caf\u00e9', 'cafe\u0301'], [1]],
    ['when a file comes to lie on a directory', ['a/b', 'a'], [1]],
    ['when a directory comes to lie on a file', ['a', 'a/b/c'], [1]],
    ['when a directory lies on a file of another case', ['A', 'a/b'], [1]],
    ['each with an earlier one', ['a', 'A', 'a/x', 'b', 'B'], [1, 2, 4]],
    ['not when files share directories', ['a/b/c', 'a/b/d', 'a/e'], []],
    ['not when a name continues another', ['a', 'a.txt', 'ab', 'a-b/c'], []],
  ]
  for (const [when, paths, colliding] of lists) {
    it(when, () => {
      assert.deepEqual(collidingPaths(paths), colliding)
    })
  }
})

describe('any path that is accepted', () => {
  const component = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('.', '..', '', 'a', '-', '~', 'b.', 'c ', '\\', '%', '\n', 'caf\u00e9'),
  )
  const anyPath = fc.oneof(
    fc.array(component, { minLength: 1, maxLength: 4 }).map((components) => components.join('/')),
    fc.string({ unit: 'binary' }),
  )
  const acceptedPath = anyPath.filter((path) => pathFault(path) === undefined)

  it('stands unescaped in the lists of sha256sum and of BagIt', () => {
    fc.assert(
      fc.property(acceptedPath, (path) => {
        assert.doesNotMatch(path, /[\\\n\r%]/)
        const line = /^(?<digest>[0-9a-f]{64}) {2}(?<path>.*)$/su.exec(`${'0'.repeat(64)}  ${path}`)
        assert.equal(line?.groups?.['path'], path)
      }),
    )
  })

  it('stays inside of the directory it is joined to', () => {
    fc.assert(
      fc.property(acceptedPath, (path) => {
        const resolved = new URL(
          `file:///base/${path.split('/').map(encodeURIComponent).join('/')}`,
        )
        assert.ok(resolved.pathname.startsWith('/base/'), resolved.pathname)
        assert.equal(resolved.pathname.split('/').length, path.split('/').length + 2)
      }),
    )
  })

  it('is an ordinary name in each component', () => {
    fc.assert(
      fc.property(acceptedPath, (path) => {
        for (const name of path.split('/')) {
          assert.notEqual(name, '')
          assert.doesNotMatch(name, /^\.{1,2}$|^[-~]|[ .]$/)
          assert.ok(Buffer.byteLength(name) <= 255)
        }
        assert.equal(path, path.normalize('NFC'))
      }),
    )
  })

  it('collides with itself', () => {
    fc.assert(
      fc.property(acceptedPath, (path) => {
        assert.deepEqual(collidingPaths([path, path]), [1])
        assert.deepEqual(collidingPaths([path, `${path}/x`]), [1])
        const inCapitals = path.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase())
        assert.deepEqual(collidingPaths([path, inCapitals]), [1])
      }),
    )
  })
})
