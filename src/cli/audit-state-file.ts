import { open, readFile, rename } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { base64Of } from '../log/bytes.ts'
import { parseTilePath, tilePath } from '../log/tile.ts'
import type { AuditState } from '../verification/audit-state.ts'
import { UsageError } from './usage.ts'

const Index = z.int().min(0)

const Base64 = z.base64()

const RegistryKey = z.strictObject({
  role: z.enum(['log', 'receipt']),
  kid: z.string(),
  introducedAt: z.string(),
  introducedIndex: Index,
  retiredAt: z.string().optional(),
  retiredIndex: Index.optional(),
  vouchedBy: z.string().optional(),
})

const DepositorKey = z.strictObject({
  kid: z.string(),
  projectSha256: z.string(),
  boundIndex: Index,
  revokedAt: z.string().optional(),
})

const StateFile = z.strictObject({
  apiVersion: z.literal('1'),
  kind: z.literal('audit-state'),
  checkpoint: z.string(),
  logKeys: z.array(z.string()),
  edge: z.array(z.strictObject({ path: z.string(), base64: Base64 })),
  documents: z.strictObject({ size: Index, subtrees: z.array(Base64) }),
  registryKeys: z.array(RegistryKey),
  depositorKeys: z.array(DepositorKey),
})

/** @throws UsageError when the file is there and cannot be used. */
export async function findStateFile(file: string): Promise<AuditState | undefined> {
  const text = await findText(file)
  if (text === undefined) return undefined
  const parsed = StateFile.safeParse(unlessMalformed(text))
  if (!parsed.success) throw new UsageError(`${file} is not a state of "stele audit"`)
  const { apiVersion: _version, kind: _kind, edge, documents, ...others } = parsed.data
  const tiles = edge.map(({ path, base64 }) => {
    const name = parseTilePath(path)
    if (name === undefined) throw new UsageError(`${file} has the tile ${path}, which no log has`)
    return { name, bytes: bytesOf(base64) }
  })
  const subtrees = documents.subtrees.map((hash) => bytesOf(hash))
  return { ...others, edge: tiles, documents: { size: documents.size, subtrees } }
}

/** Puts the state in the place of the one before, which stays whole until then. */
export async function writeStateFile(file: string, state: AuditState): Promise<void> {
  const { edge, documents, ...others } = state
  const tiles = edge.map(({ name, bytes }) => ({
    path: tilePath(name),
    base64: base64Of(bytes),
  }))
  const subtrees = documents.subtrees.map((hash) => base64Of(hash))
  const trees = { edge: tiles, documents: { size: documents.size, subtrees } }
  const content = { apiVersion: '1', kind: 'audit-state', ...others, ...trees }
  const draft = `${file}.new`
  {
    await using written = await open(draft, 'w', 0o600)
    await written.writeFile(`${JSON.stringify(content, null, 2)}\n`)
    await written.sync()
  }
  await rename(draft, file)
  await using directory = await open(dirname(resolve(file)))
  await directory.sync()
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}

async function findText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code === 'ENOENT') return undefined
    throw new UsageError(`${file} cannot be read (${String(error.code)})`)
  }
}

function unlessMalformed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
