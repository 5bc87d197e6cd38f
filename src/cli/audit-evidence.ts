import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SplitView } from '../verification/audit-growth.ts'

/**
 * Keeps what shows that a log has been rewritten, beside the state file.
 *
 * @returns the directory.
 */
export async function keepEvidence(
  stateFile: string,
  found: { splitView: SplitView; target: string; at: Date },
): Promise<string> {
  const { splitView, target, at } = found
  const directory = `${stateFile}.evidence-${at.toISOString().replaceAll(/[-:.]/g, '')}`
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'README.txt'), readMe(splitView, { target, at }))
  await writeFile(join(directory, 'checkpoint.seen'), splitView.seen)
  await writeFile(join(directory, 'checkpoint.shown'), splitView.shown)
  const hashes = splitView.proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`)
  if (hashes.length > 0) await writeFile(join(directory, 'consistency-proof'), hashes.join(''))
  for (const [path, bytes] of splitView.tiles) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), bytes)
  }
  return directory
}

function readMe({ why }: SplitView, { target, at }: { target: string; at: Date }): string {
  return `Evidence about the log of ${target}
Found at ${at.toISOString()} by "stele audit": ${why}.

  checkpoint.seen     the signed head that was seen first, byte for byte
  checkpoint.shown    the signed head that is shown now
  consistency-proof   if the log has grown: the proof, from the leaves up, that the
                      second head extends the first (RFC 9162, section 2.1.4); it fails
  tile/...            the tiles of the log that it was made of (C2SP tlog-tiles)

Both heads are signed by the log. Two heads of one size with different roots are proof
by themselves, whoever has them: the log has shown different things to different people.
A head that is smaller than one seen before shows that the log was rolled back, or that
somebody between you and it has kept an old answer. Where the log has grown, the tiles
could be damaged instead; the operator can then show others with which the proof holds.

Keep this directory as it is, and give copies of it to the operator of the registry, to
its witnesses, and to others who rely on the log. Do not remove the state file.
`
}
