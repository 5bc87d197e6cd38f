import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { readBundleFiles, readTarBundle, type ReadBundle } from '../bundle/read-bundle.ts'
import { MalformedDigest, parseDigest, type Digest } from '../record/digest.ts'
import { Refusal } from '../record/refusal.ts'
import { isGoodReport, type Finding } from '../verification/finding.ts'
import { parseTrust, type Trust } from '../verification/trust.ts'
import { verifyBundle } from '../verification/verify-bundle.ts'
import { CannotFetch, download } from './download.ts'
import { plainText } from './plain-text.ts'
import { findDigestInUrl, findPublishedRecord, verifyPublishedRecord } from './published-record.ts'
import { startSha256 } from './running-hash.ts'
import { filesInDirectory } from './unpacked-bundle.ts'
import { UsageError } from './usage.ts'

/** The same numbers as those of the runner. */
const exitCodes = { notVerified: 3, noNetwork: 10 } as const

const expected =
  'expected: stele verify BUNDLE.tar|DIRECTORY|URL [--digest sha256:...] [--policy FILE]' +
  ' [--receipt-keys JWKS] [--json]'

/**
 * `stele verify`: says of a record what can be said without trusting who serves
 * it. Exit code 0 good, 3 not verified, 2 not understood or not readable, 10 no
 * answer from the network.
 */
export async function verifyCommand(args: string[]): Promise<void> {
  const { values, positionals } = parseOptions(args)
  const [target] = positionals
  if (target === undefined || positionals.length !== 1) throw new UsageError(expected)
  const trust = await readTrust(values.policy, values['receipt-keys'])
  const digest = values.digest === undefined ? undefined : digestGiven(values.digest)
  try {
    const findings = await verifyTarget(target, trust, digest)
    process.stdout.write(values.json ? inJson(findings) : inWords(findings))
    if (!isGoodReport(findings)) process.exitCode = exitCodes.notVerified
  } catch (error) {
    if (!(error instanceof CannotFetch)) throw error
    process.stderr.write(`stele: ${error.message}\n`)
    process.exitCode = exitCodes.noNetwork
  }
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        digest: { type: 'string' },
        policy: { type: 'string' },
        'receipt-keys': { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

async function readTrust(policyFile?: string, keysFile?: string): Promise<Trust> {
  const policy = policyFile === undefined ? undefined : await bytesOf(policyFile)
  const receiptKeys = keysFile === undefined ? undefined : await bytesOf(keysFile)
  try {
    return await parseTrust({ policy, receiptKeys })
  } catch (error) {
    if (error instanceof Refusal) throw new UsageError(`what you trust: ${error.message}`)
    throw error
  }
}

function digestGiven(text: string): Digest {
  try {
    return parseDigest(text)
  } catch (error) {
    if (error instanceof MalformedDigest) throw new UsageError(`--digest: ${error.message}`)
    throw error
  }
}

async function verifyTarget(target: string, trust: Trust, digest?: Digest): Promise<Finding[]> {
  const published = findPublishedRecord(target)
  if (published !== undefined && digest !== undefined && digest !== published.digest) {
    throw new UsageError(`--digest is not that of ${target}`)
  }
  if (published !== undefined) return verifyPublishedRecord(published, trust)
  const cited = digest ?? findDigestInUrl(target)
  return verifyBundle(() => openBundle(target), trust, { digest: cited })
}

async function openBundle(target: string): Promise<ReadBundle> {
  if (/^https?:\/\//.test(target)) return readTarBundle(download(target), startSha256)
  return readable(target, async () =>
    (await stat(target)).isDirectory()
      ? readBundleFiles(filesInDirectory(target), startSha256)
      : readTarBundle(createReadStream(target), startSha256),
  )
}

async function bytesOf(file: string): Promise<Buffer> {
  return readable(file, () => readFile(file))
}

async function readable<Value>(name: string, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error
    throw new UsageError(`${name} cannot be read (${String(error.code)})`)
  }
}

function inJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ verified: isGoodReport(findings), findings }, null, 2)}\n`
}

function inWords(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = findings.map(({ check, outcome, detail }) => {
    return `${outcome.padEnd(8)}  ${check.padEnd(width)}  ${plainText(detail)}\n`
  })
  return `${lines.join('')}${conclusionOf(findings)}\n`
}

function conclusionOf(findings: readonly Finding[]): string {
  const open = new Set(
    findings.filter((finding) => !isGoodReport([finding])).map(({ check }) => check),
  )
  if (open.size > 0) return `NOT VERIFIED: ${[...open].join(', ')}`
  if (findings.every(({ outcome }) => outcome !== 'unpinned')) return 'Verified.'
  return (
    "Verified, but in part by the registry's own word (unpinned): compare the digest with the" +
    ' citation (--digest), and pin keys that you have from elsewhere (--policy, --receipt-keys).'
  )
}
