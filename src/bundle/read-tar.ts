import { quoted } from '../record/refusal.ts'
import { ByteSource } from './byte-source.ts'
import { MalformedBundle } from './malformed-bundle.ts'
import { pathFaultInBundle } from './path-fault.ts'
import { isAllZero, parseTarHeader, parseTarName, tarBlockBytes } from './tar-header.ts'

/** One regular file of a tar, or of a directory that was unpacked from one. */
export interface BundleFile {
  /** With `/`, as it stands in the tar. */
  readonly path: string
  readonly byteLength: number
  /** To be read before the next file is asked for; what is left then is skipped. */
  readonly contents: AsyncIterable<Uint8Array>
}

const mostFiles = 1_000_000
const longestName = 4096
const specialBits = 0o7000

const kinds: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a device',
  '4': 'a device',
  '5': 'a directory with contents',
  '6': 'a named pipe',
  g: 'a pax header',
  x: 'a pax header',
}

/**
 * The files of the one kind of tar a bundle is. What is not understood is
 * refused: links, devices, sparse files, headers that rename members, anything
 * hidden in padding or behind the end. Holds one piece of the stream at a time.
 *
 * @throws MalformedBundle; what the stream throws.
 * @see docs/format.md, section 9
 */
export async function* readTar(
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<BundleFile, void, undefined> {
  const source = new ByteSource(stream)
  try {
    yield* filesIn(source)
  } finally {
    await source.close()
  }
}

async function* filesIn(source: ByteSource): AsyncGenerator<BundleFile, void, undefined> {
  let longName: string | undefined
  let offset = 0
  for (let count = 0; count <= mostFiles; count += 1) {
    const block = await blockOf(source)
    if (isAllZero(block)) {
      if (longName !== undefined) throw new MalformedBundle('a long name of no file')
      return checkEnd(source)
    }
    const header = parseTarHeader(block, offset)
    offset += tarBlockBytes + Math.ceil(header.byteLength / tarBlockBytes) * tarBlockBytes
    if (header.type === 'L' && longName === undefined) {
      longName = await longNameOf(source, header.byteLength)
      continue
    }
    const path = longName ?? header.name
    longName = undefined
    if (isDirectory({ ...header, name: path })) continue
    const contents = new Contents(source, header.byteLength)
    yield { path, byteLength: header.byteLength, contents }
    await contents.skipRest()
  }
  throw new MalformedBundle(`more than ${mostFiles} files`)
}

async function blockOf(source: ByteSource): Promise<Uint8Array> {
  const block = await source.take(tarBlockBytes)
  if (block.length < tarBlockBytes) {
    throw new MalformedBundle('the archive has no end mark: it is cut short')
  }
  return block
}

/** Two blocks of zeros, then at most more zeros: nothing may hide behind the end. */
async function checkEnd(source: ByteSource): Promise<void> {
  const second = await blockOf(source)
  if (!isAllZero(second)) throw new MalformedBundle('there is a file behind the end mark')
  for await (const piece of source.pass(Infinity)) {
    if (!isAllZero(piece)) throw new MalformedBundle('there is something behind the end mark')
  }
}

async function longNameOf(source: ByteSource, byteLength: number): Promise<string> {
  if (byteLength > longestName) throw new MalformedBundle(`a name of ${byteLength} bytes`)
  const contents = new Contents(source, byteLength)
  const bytes: number[] = []
  for await (const piece of contents) bytes.push(...piece)
  await contents.skipRest()
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1
  return parseTarName(Uint8Array.from(bytes.slice(0, end)))
}

/** Whether it is a directory, which adds nothing; anything else that is no regular file is refused. */
function isDirectory(header: ReturnType<typeof parseTarHeader>): boolean {
  const { name, type, mode, byteLength } = header
  if ((mode & specialBits) !== 0) {
    throw new MalformedBundle(`${quoted(name)} has a set-user-id, set-group-id or sticky bit`)
  }
  if (type === '0' || type === '\0') return false
  if (type !== '5' || byteLength > 0) {
    throw new MalformedBundle(`${quoted(name)} is ${kinds[type] ?? 'of unknown kind'}`)
  }
  const fault = pathFaultInBundle(name.replace(/\/+$/, ''))
  if (fault !== undefined) throw new MalformedBundle(`the directory ${quoted(name)} is ${fault}`)
  return true
}

/** Contents of one member and the padding behind them. */
class Contents implements AsyncIterable<Uint8Array> {
  readonly #source: ByteSource
  #left: number
  readonly #paddingLength: number

  constructor(source: ByteSource, byteLength: number) {
    this.#source = source
    this.#left = byteLength
    this.#paddingLength = Math.ceil(byteLength / tarBlockBytes) * tarBlockBytes - byteLength
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of this.#source.pass(this.#left)) {
      this.#left -= piece.length
      yield piece
    }
    if (this.#left > 0) throw new MalformedBundle('the archive ends inside a file')
  }

  async skipRest(): Promise<void> {
    for await (const piece of this) void piece
    const padding = await this.#source.take(this.#paddingLength)
    if (padding.length < this.#paddingLength) {
      throw new MalformedBundle('the archive ends inside a file')
    }
    if (!isAllZero(padding)) throw new MalformedBundle('there is something hidden behind a file')
  }
}
