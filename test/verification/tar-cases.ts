import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { fewMembers, pinnedBundle, standardMembers, top } from './bundle-cases.ts'
import type { Case } from './cases.ts'
import { otherRecord } from './case-records.ts'
import { digestOf } from './record-cases.ts'
import { tarOf, type Member } from './small-tar.ts'

const standard = tarOf(standardMembers)
const few = tarOf(fewMembers)
const empty = Buffer.alloc(0)

function refused(name: string, bundle: Uint8Array): Case {
  return { ...pinnedBundle(name, bundle, {}), expected: { 'bundle-form': 'bad' } }
}

function adding(...members: readonly Member[]): Buffer {
  return tarOf([...fewMembers, ...members])
}

function withByte(offset: number, value: number): Buffer {
  const changed = Buffer.from(few)
  changed[offset] = value
  return changed
}

/** The mode of the first file in base-256, its checksum right. */
function withHugeMode(): Buffer {
  const changed = Buffer.from(few)
  changed.set([0x80, 0x20, 0, 0, 0, 0, 0x01, 0xa4], 100)
  changed.write('        ', 148)
  const sum = changed.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return changed
}

function renamed(change: (path: string) => string): Buffer {
  return tarOf(fewMembers.map((member) => ({ ...member, path: change(member.path) })))
}

const longName = `${top}/data/README.md`
const withLongName = tarOf(
  standardMembers.flatMap((member) =>
    member.path === longName ? [longNamed(longName), { ...member, path: 'cut' }] : [member],
  ),
)
const otherTop = digestOf(canonicalBytes(otherRecord)).slice(7, 23)
const input = Buffer.from('cells 64\n')

function longNamed(name: string): Member {
  return { path: '././@LongLink', type: 'L', bytes: Buffer.from(`${name}\0`) }
}

export const tarCases: readonly Case[] = [
  pinnedBundle(
    'a bundle with entries for its directories',
    tarOf([...standardMembers, { path: `${top}/data/`, bytes: empty, type: '5', mode: 0o755 }]),
    {},
  ),
  pinnedBundle('a bundle with a long name', withLongName, {}),
  pinnedBundle(
    'a bundle with more zeros at the end',
    Buffer.concat([standard, Buffer.alloc(8192)]),
    {},
  ),
  refused('a path that leads out of the bundle', adding({ path: `${top}/../evil`, bytes: input })),
  refused(
    'a long name that leads out of the bundle',
    adding(longNamed(`${top}/../evil`), { path: 'cut', bytes: input }),
  ),
  refused(
    'a long name of no letters',
    adding(longNamed(''), { path: `${top}/data/x`, bytes: input }),
  ),
  refused('a long name of no file', adding(longNamed(`${top}/data/x`))),
  refused(
    'a long name of a long name',
    adding(longNamed(`${top}/data/x`), longNamed(`${top}/data/y`), { path: 'cut', bytes: input }),
  ),
  refused(
    'a name that is not UTF-8',
    adding(
      { path: '././@LongLink', type: 'L', bytes: Buffer.from('fe', 'hex') },
      { path: 'cut', bytes: input },
    ),
  ),
  refused('an absolute path', adding({ path: '/etc/evil', bytes: input })),
  refused('a path with a backslash', adding({ path: `${top}/data\\evil`, bytes: input })),
  refused('a path with an empty component', adding({ path: `${top}//data/evil`, bytes: input })),
  refused(
    'a directory outside of the bundle',
    adding({ path: `${top}/../../evil/`, bytes: empty, type: '5' }),
  ),
  refused(
    'a symbolic link',
    adding({ path: `${top}/data/link`, bytes: empty, type: '2', link: '/etc/passwd' }),
  ),
  refused(
    'a hard link',
    adding({ path: `${top}/data/link`, bytes: empty, type: '1', link: `${top}/verify.sh` }),
  ),
  refused('a device', adding({ path: `${top}/data/null`, bytes: empty, type: '3' })),
  refused('a named pipe', adding({ path: `${top}/data/pipe`, bytes: empty, type: '6' })),
  refused(
    'a pax header',
    adding({ path: `${top}/pax`, bytes: Buffer.from('12 path=abc\n'), type: 'x' }),
  ),
  refused('a member of unknown kind', adding({ path: `${top}/data/odd`, bytes: empty, type: 'Z' })),
  refused(
    'a file that is there twice',
    adding({ path: `${top}/data/inputs/heat.in`, bytes: input }),
  ),
  refused(
    'files that differ by case only',
    adding({ path: `${top}/data/inputs/HEAT.in`, bytes: input }),
  ),
  refused(
    'a file that is also a directory',
    adding({ path: `${top}/data/inputs/heat.in/x`, bytes: input }),
  ),
  refused(
    'a file with a set-user-id bit',
    adding({ path: `${top}/data/suid`, bytes: input, mode: 0o4755 }),
  ),
  refused('files in two top directories', adding({ path: 'other/data/x', bytes: input })),
  refused('a file beside the top directory', adding({ path: 'x', bytes: input })),
  refused(
    'the top directory of another record',
    renamed((path) => path.replace(top, otherTop)),
  ),
  refused(
    'a top directory that is no digest',
    renamed((path) => path.replace(top, 'bundle')),
  ),
  refused(
    'a bag of another version',
    tarOf(
      fewMembers.map((member) =>
        member.path.endsWith('/bagit.txt')
          ? { ...member, bytes: Buffer.from('BagIt-Version: 0.97\n') }
          : member,
      ),
    ),
  ),
  refused(
    'a bag without bagit.txt',
    tarOf(fewMembers.filter(({ path }) => !path.endsWith('/bagit.txt'))),
  ),
  refused('padding that is not zero', withByte(1023, 1)),
  refused('a header whose checksum has another spelling', withByte(148, 0x20)),
  refused('a mode beyond 2^53', withHugeMode()),
  refused('a damaged header', withByte(0, 0x7a)),
  refused('an archive without its end', few.subarray(0, -1024)),
  refused('an archive with half of its end', few.subarray(0, -512)),
  refused('an archive that is cut in a file', few.subarray(0, 700)),
  refused('an archive that is cut in a header', few.subarray(0, 100)),
  refused('an archive with something behind its end', Buffer.concat([few, Buffer.from('more')])),
  refused('an archive of nothing', tarOf([])),
  refused('an empty file', empty),
  refused('a file that is no archive', Buffer.from('hello\n'.repeat(1000))),
]
