import { signEventReceipt, signReceipt } from '../attestation/receipt.ts'
import type { Signer } from '../attestation/signer.ts'
import type { LoggedRecord } from '../catalog/catalog.ts'
import type { AcceptedEvent } from '../catalog/events.ts'
import type { Digest } from '../record/digest.ts'
import { eventMediaType, recordDigestsOf } from '../record/record-digests.ts'
import type { DocumentStore, NamedDocument } from '../vault/document-store.ts'
import { Refusal } from '../record/refusal.ts'
import { quickHash } from './quick-hash.ts'
import { ReceiptDelayed } from './refusals.ts'

export interface ReceiptParts {
  readonly documents: DocumentStore
  readonly signer: Signer
  /** URL of the registry, as receipts name it. */
  readonly issuer: string
  /** Name of the log. */
  readonly origin: string
}

/** Something that has its place in the log, with the hex hash of its entry there. */
export interface Entered<Accepted> {
  readonly accepted: Accepted
  readonly leafHash: string
}

/** Makes, stores and finds the registry's statements about accepted records and events. */
export class Receipts {
  readonly #parts: ReceiptParts
  /** Those there was no room for, by their names; they are stored with the next. */
  readonly #left = new Map<string, NamedDocument>()

  constructor(parts: ReceiptParts) {
    this.#parts = parts
  }

  /**
   * Signs a receipt for each record, in this order; when the promise resolves all are
   * on disk.
   *
   * @throws ReceiptDelayed
   */
  async issue(records: readonly Entered<LoggedRecord>[]): Promise<string[]> {
    return this.#issue(records, 'receipt', (record, leafHash) => this.#signFor(record, leafHash))
  }

  /** The same for events. */
  async issueForEvents(events: readonly Entered<AcceptedEvent>[]): Promise<string[]> {
    return this.#issue(events, 'event-receipt', (event, leafHash) =>
      this.#signForEvent(event, leafHash),
    )
  }

  async find(
    digest: Digest,
    kind: 'receipt' | 'event-receipt' = 'receipt',
  ): Promise<string | undefined> {
    const bytes = await this.#parts.documents.read({ digest, kind })
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
  }

  async #issue<
    Accepted extends { readonly digest: Digest; readonly signatures?: string | undefined },
  >(
    entered: readonly Entered<Accepted>[],
    kind: 'receipt' | 'event-receipt',
    sign: (accepted: Accepted, leafHash: string) => Promise<string>,
  ): Promise<string[]> {
    const receipts = await Promise.all(
      entered.map(({ accepted, leafHash }) => sign(accepted, leafHash)),
    )
    const signaturesKind = kind === 'receipt' ? 'signatures' : 'event-signatures'
    const documents = entered.flatMap(({ accepted }, index): NamedDocument[] => {
      const { digest, signatures } = accepted
      const receipt = { digest, kind, bytes: bytesOf(receipts[index] ?? '') }
      if (signatures === undefined) return [receipt]
      return [{ digest, kind: signaturesKind, bytes: bytesOf(signatures) }, receipt]
    })
    await this.#store(documents)
    return receipts
  }

  // None is stored before those that were left out: a start looks for missing receipts
  // at the end of the log alone.
  async #store(documents: readonly NamedDocument[]): Promise<void> {
    const left = [...this.#left]
    try {
      await this.#parts.documents.putAll([...left.map(([, document]) => document), ...documents])
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'storage-full')) throw error
      for (const document of documents) {
        this.#left.set(`${document.kind} ${document.digest}`, document)
      }
      // By now what the receipts are about is accepted: "nothing was kept" would be untrue.
      throw new ReceiptDelayed(error)
    }
    for (const [name] of left) this.#left.delete(name)
  }

  #signFor(record: LoggedRecord, leafHash: string): Promise<string> {
    const { signer, issuer, origin } = this.#parts
    return signReceipt(
      {
        issuer,
        record,
        blobs: { count: record.blobCount, bytes: record.blobBytes },
        depositorKeys: record.signatureKeys.map((key) => key.kid),
        log: { origin, index: record.logIndex, leafHash },
        runner: record.runner,
        issuedAt: Date.parse(record.acceptedAt) / 1000,
      },
      signer,
    )
  }

  async #signForEvent(accepted: AcceptedEvent, leafHash: string): Promise<string> {
    const { signer, issuer, origin } = this.#parts
    return signEventReceipt(
      {
        issuer,
        event: await recordDigestsOf(bytesOf(accepted.text), quickHash),
        eventMediaType,
        record: accepted.event.record,
        depositorKeys: accepted.signatureKeys.map((key) => key.kid),
        log: { origin, index: accepted.logIndex, leafHash },
        issuedAt: Date.parse(accepted.acceptedAt) / 1000,
      },
      signer,
    )
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
