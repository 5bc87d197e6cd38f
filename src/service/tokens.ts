import { randomBytes } from 'node:crypto'
import type { Token } from '../catalog/access-list.ts'
import { hashOfToken } from '../http/authorize.ts'

const dayMs = 24 * 60 * 60 * 1000
const longestDays = 365

/** A token cannot be made as it was asked for. */
export class InvalidTokenRequest extends Error {}

/**
 * Makes a deposit token. Its text is in the answer and nowhere else; what is
 * added to the list is the SHA-256.
 *
 * @param request.days - until it expires, at most 365.
 */
export function makeToken(request: { project: string; days: number; now: Date }): {
  text: string
  token: Token
} {
  const { project, days, now } = request
  if (!(Number.isInteger(days) && days >= 1 && days <= longestDays)) {
    throw new InvalidTokenRequest(`found ${days} days, expected 1 to ${longestDays}`)
  }
  const text = `stele_${randomBytes(32).toString('base64url')}`
  const token: Token = {
    id: randomBytes(6).toString('hex'),
    tokenSha256: hashOfToken(text),
    project,
    scope: 'deposit',
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + days * dayMs).toISOString(),
  }
  return { text, token }
}
