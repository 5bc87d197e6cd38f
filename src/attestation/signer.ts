import { exportJWK, FlattenedSign, type CryptoKey, type FlattenedJWS } from 'jose'
import { parsePublicKey, type PublicKey } from './public-keys.ts'

/** Seam: whoever holds the registry's receipt key. */
export interface Signer {
  readonly publicKey: PublicKey
  /**
   * Signs with Ed25519 (RFC 8032), which is deterministic: the same payload and
   * type always give the same JWS.
   *
   * @param type - value of `typ`; one per purpose, so that no statement can be
   *   passed off as another kind.
   */
  sign(payload: Uint8Array, type: string): Promise<FlattenedJWS>
}

/** Signs with a key held in memory. */
export class KeySigner implements Signer {
  readonly publicKey: PublicKey
  readonly #privateKey: CryptoKey

  private constructor(publicKey: PublicKey, privateKey: CryptoKey) {
    this.publicKey = publicKey
    this.#privateKey = privateKey
  }

  static async of(keys: { publicKey: CryptoKey; privateKey: CryptoKey }): Promise<KeySigner> {
    return new KeySigner(await parsePublicKey(await exportJWK(keys.publicKey)), keys.privateKey)
  }

  async sign(payload: Uint8Array, type: string): Promise<FlattenedJWS> {
    // Member order is the canonical one, because jose writes the header as it is given.
    const header = { alg: 'EdDSA', kid: this.publicKey.kid, typ: type }
    return new FlattenedSign(payload).setProtectedHeader(header).sign(this.#privateKey)
  }
}
