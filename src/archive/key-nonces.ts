import { createHmac, timingSafeEqual } from 'node:crypto'
import { limits } from '../record/limits.ts'
import { Refusal } from '../record/refusal.ts'
import type { Clock } from './clock.ts'

/** The nonce was not given to this token, or not in this minute. */
export class InvalidNonce extends Refusal {
  override readonly code = 'invalid-nonce'
  constructor(found: string) {
    super(`found ${found}, expected one that this token was given within the last minutes`)
  }
}

export interface IssuedNonce {
  readonly nonce: string
  readonly expiresAt: Date
}

const expiryBytes = 8

/**
 * Texts that show that a signature was made now, for this token. None is remembered:
 * each carries its end, and a code that only this process can make.
 */
export class KeyNonces {
  readonly #secret: Uint8Array
  readonly #clock: Clock

  /** @param secret - 32 random bytes of this process. */
  constructor(secret: Uint8Array, clock: Clock) {
    this.#secret = secret
    this.#clock = clock
  }

  issue(tokenId: string): IssuedNonce {
    const expiresAt = new Date(this.#clock().getTime() + limits.keyNonceMs)
    const expiry = Buffer.alloc(expiryBytes)
    expiry.writeBigUInt64BE(BigInt(expiresAt.getTime()))
    return { nonce: this.#nonceOf(expiry, tokenId), expiresAt }
  }

  /** @throws InvalidNonce */
  refuseOther(nonce: string, tokenId: string): void {
    const expiry = Buffer.from(nonce, 'base64url').subarray(0, expiryBytes)
    const expected = Buffer.from(this.#nonceOf(expiry, tokenId))
    const found = Buffer.from(nonce)
    if (found.length !== expected.length || !timingSafeEqual(found, expected)) {
      throw new InvalidNonce('another nonce')
    }
    if (expiry.readBigUInt64BE() < BigInt(this.#clock().getTime())) {
      throw new InvalidNonce('a nonce that has expired')
    }
  }

  #nonceOf(expiry: Buffer, tokenId: string): string {
    const code = createHmac('sha256', this.#secret).update(expiry).update(tokenId).digest()
    return Buffer.concat([expiry, code]).toString('base64url')
  }
}
