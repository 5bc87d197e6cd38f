import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { sortedByPath } from '../../src/bundle/path-order.ts'
import { tarHeader, tarHeaderLength, tarPaddingLength } from '../../src/bundle/tar.ts'
import { anyPath } from './arbitrary-files.ts'
import { issuedAt } from './bundle-fixtures.ts'
import { runWell, temporaryDirectory } from './programs.ts'

const small = { path: 'f', byteLength: 3, mode: 0o644, mtimeSeconds: issuedAt } as const

/** Text of a header field up to its first NUL. */
function field(header: Uint8Array, offset: number, length: number): string {
  return (
    Buffer.from(header.subarray(offset, offset + length))
      .toString()
      .split('\0')[0] ?? ''
  )
}

function sizeFieldOf(byteLength: number): string {
  return Buffer.from(tarHeader({ ...small, byteLength }).subarray(124, 136)).toString('hex')
}

describe('a tar header', () => {
  it('has the fields of ustar, no owner and no other time', () => {
    const header = tarHeader(small)
    const fields = [
      field(header, 0, 100),
      field(header, 100, 8),
      field(header, 108, 8),
      field(header, 116, 8),
      field(header, 124, 12),
      field(header, 136, 12),
      field(header, 148, 8),
      field(header, 156, 1),
      field(header, 157, 100),
      Buffer.from(header.subarray(257, 265)).toString(),
      field(header, 265, 64),
      field(header, 329, 8),
      field(header, 337, 8),
      field(header, 345, 155),
    ]
    assert.deepEqual(fields, [
      'f',
      '0000644',
      '0000000',
      '0000000',
      '00000000003',
      '15300015040',
      '007371',
      '0',
      '',
      'ustar\u000000',
      '',
      '0000000',
      '0000000',
      '',
    ])
  })

  it('is the same for ever', () => {
    const member = { path: 'ä'.repeat(300), byteLength: 9 * 1024 ** 3, mode: 0o755 } as const
    const header = tarHeader({ ...member, mtimeSeconds: issuedAt })
    assert.equal(
      createHash('sha256').update(header).digest('hex'),
      '9a2bb486275dcc732e510f9211d35c792ac70ab102d8b8c80f933551d560bc9c',
    )
  })

  it('writes sizes from 8 GiB in base-256', () => {
    assert.equal(sizeFieldOf(8 * 1024 ** 3 - 1), Buffer.from('77777777777\0').toString('hex'))
    assert.equal(sizeFieldOf(8 * 1024 ** 3), '800000000000000200000000')
    assert.equal(sizeFieldOf(1024 ** 4 + 1), '800000000000010000000001')
  })

  it('refuses what it cannot say', () => {
    assert.throws(() => tarHeader({ ...small, byteLength: -1 }), RangeError)
    assert.throws(() => tarHeader({ ...small, byteLength: 1.5 }), RangeError)
    assert.throws(() => tarHeader({ ...small, byteLength: 2 ** 53 }), RangeError)
    assert.throws(() => tarHeader({ ...small, mtimeSeconds: -1 }), RangeError)
    assert.throws(() => tarHeader({ ...small, mtimeSeconds: 8 ** 11 }), RangeError)
  })

  it('puts a path into a long link only when name and prefix cannot hold it', () => {
    const lengthOf = (prefix: number, name: number) =>
      tarHeader({ ...small, path: `${'p'.repeat(prefix)}/${'n'.repeat(name)}` }).length
    assert.deepEqual(
      [lengthOf(155, 100), lengthOf(156, 100), lengthOf(155, 101), lengthOf(255, 255)],
      [512, 3 * 512, 3 * 512, 3 * 512],
    )
    assert.equal(tarHeader({ ...small, path: 'n'.repeat(100) }).length, 512)
    assert.equal(tarHeader({ ...small, path: `${'d/'.repeat(255)}xy` }).length, 4 * 512)
  })

  it('has the length that is known before it is made', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        assert.equal(tarHeader({ ...small, path }).length, tarHeaderLength(path))
      }),
    )
  })

  it('counts padding above 4 GiB without losing bits', () => {
    assert.deepEqual(
      [0, 1, 512, 2 ** 32 + 1, 9 * 1024 ** 3].map(tarPaddingLength),
      [0, 511, 0, 511, 0],
    )
  })

  it('equals the header that GNU tar writes in ustar format', async () => {
    await using directory = await temporaryDirectory()
    const paths = [
      'f',
      'n'.repeat(100),
      `${'d'.repeat(60)}/${'e'.repeat(80)}/${'n'.repeat(90)}`,
      'ü/日本',
    ]
    const archives = paths.map(async (name) => {
      await mkdir(path.dirname(path.join(directory.path, name)), { recursive: true })
      await writeFile(path.join(directory.path, name), '')
      await utimes(path.join(directory.path, name), issuedAt, issuedAt)
      const owner = ['--owner=0', '--group=0', '--numeric-owner', '--mode=0644']
      return runWell(['tar', '--format=ustar', ...owner, '-b1', '-cf-', '--', name], {
        cwd: directory.path,
      })
    })
    for (const [index, archive] of (await Promise.all(archives)).entries()) {
      const header = tarHeader({ ...small, path: paths[index] ?? '', byteLength: 0 })
      assert.deepEqual(archive.subarray(0, 512), Buffer.from(header))
      assert.equal(archive.length, 512 + 1024)
    }
  })
})

describe('the order of paths', () => {
  it('is that of their bytes in UTF-8', () => {
    const sortedBy = (paths: readonly string[]) =>
      sortedByPath(paths.map((path) => ({ path }))).map(({ path }) => path)
    fc.assert(
      fc.property(fc.array(anyPath), (paths) => {
        const inBytes = paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        assert.deepEqual(sortedBy(paths), inBytes)
      }),
    )
    assert.deepEqual(sortedBy(['\u{1f9ea}', '\u{ffee}']), ['\u{ffee}', '\u{1f9ea}'])
  })
})
