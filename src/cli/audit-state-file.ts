import { open, readFile, rename } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { parseTilePath, tilePath } from '../log/tile.ts'
import type { AuditState } from '../verification/audit-state.ts'
import { UsageError } from './usage.ts'

const Index = z.int().min(0)

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
  edge: z.array(z.strictObject({ path: z.string(), base64: z.base64() })),
  registryKeys: z.array(RegistryKey),
  depositorKeys: z.array(DepositorKey),
})

/** @throws UsageError when the file is there and cannot be used. */
export async function findStateFile(file: string): Promise<AuditState | undefined> {
  const text = await findText(file)
  if (text === undefined) return undefined
  const parsed = StateFile.safeParse(unlessMalformed(text))
  if (!parsed.success) throw new UsageError(`${file} is not a state of "stele audit"`)
  const { edge, checkpoint, logKeys, registryKeys, depositorKeys } = parsed.data
  const tiles = edge.map(({ path, base64 }) => {
    const name = parseTilePath(path)
    if (name === undefined) throw new UsageError(`${file} has the tile ${path}, which no log has`)
    return { name, bytes: new Uint8Array(Buffer.from(base64, 'base64')) }
  })
  return { checkpoint, logKeys, edge: tiles, registryKeys, depositorKeys }
}

/** Puts the state in the place of the one before, which stays whole until then. */
export async function writeStateFile(file: string, state: AuditState): Promise<void> {
  const { edge, ...others } = state
  const tiles = edge.map(({ name, bytes }) => ({
    path: tilePath(name),
    base64: Buffer.from(bytes).toString('base64'),
  }))
  const content = { apiVersion: '1', kind: 'audit-state', ...others, edge: tiles }
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
