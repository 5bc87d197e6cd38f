import { signReceipt } from '../attestation/receipt.ts'
import type { Signer } from '../attestation/signer.ts'
import type { LoggedRecord } from '../catalog/catalog.ts'
import type { Digest } from '../record/digest.ts'
import type { DocumentStore, NamedDocument } from '../vault/document-store.ts'

export interface ReceiptParts {
  readonly documents: DocumentStore
  readonly signer: Signer
  /** URL of the registry, as receipts name it. */
  readonly issuer: string
  /** Name of the log. */
  readonly origin: string
}

/** Makes, stores and finds the registry's statements about accepted records. */
export class Receipts {
  readonly #parts: ReceiptParts

  constructor(parts: ReceiptParts) {
    this.#parts = parts
  }

  /** Signs a receipt for each record; when the promise resolves all are on disk. */
  async issue(records: readonly LoggedRecord[]): Promise<ReadonlyMap<Digest, string>> {
    const receipts = new Map<Digest, string>()
    const documents: NamedDocument[] = []
    for (const record of records) {
      const { digest, signatures } = record
      const receipt = await this.#sign(record)
      receipts.set(digest, receipt)
      if (signatures !== undefined) {
        documents.push({ digest, kind: 'signatures', bytes: textBytes(signatures) })
      }
      documents.push({ digest, kind: 'receipt', bytes: textBytes(receipt) })
    }
    await this.#parts.documents.putAll(documents)
    return receipts
  }

  async find(digest: Digest): Promise<string | undefined> {
    const bytes = await this.#parts.documents.read({ digest, kind: 'receipt' })
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
  }

  #sign(record: LoggedRecord): Promise<string> {
    const { signer, issuer, origin } = this.#parts
    return signReceipt(
      {
        issuer,
        record,
        blobs: { count: record.blobCount, bytes: record.blobBytes },
        depositorKeys: record.signatureKeys.map((key) => key.kid),
        log: { origin, index: record.logIndex, leafHash: record.leafHash },
        runner: record.runner,
        issuedAt: Date.parse(record.acceptedAt) / 1000,
      },
      signer,
    )
  }
}

function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
