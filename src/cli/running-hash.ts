import { createHash } from 'node:crypto'
import type { RunningHash } from '../bundle/read-bundle.ts'

export function startSha256(): RunningHash {
  const hash = createHash('sha256')
  return {
    update: (bytes) => void hash.update(bytes),
    hex: () => hash.digest('hex'),
  }
}
