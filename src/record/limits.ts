const KIB = 1024
const MIB = 1024 * KIB
const TIB = 1024 * 1024 * MIB

/**
 * Every limit a depositor can meet, in one place. Published at `GET /limits`
 * and enforced; sizes in bytes, times in milliseconds.
 */
export const limits = {
  /** Bytes of one record. */
  recordBytes: 16 * MIB,
  /** Bytes of one event. */
  eventBytes: 64 * KIB,
  /** Nesting of objects and arrays in a record. */
  jsonDepth: 64,
  /** Values (members and elements) in a record. */
  jsonValues: 1_000_000,
  /** Distinct blobs one record may name. */
  blobsPerRecord: 100_000,
  /** Bytes of one blob. */
  blobBytes: TIB,
  /** Bytes of the request body of `POST /blobs/missing`. */
  missingQueryBytes: 8 * MIB,
  /** Bytes of the request body of `POST /depositor-keys`. */
  keyRegistrationBytes: 16 * KIB,
  /** How long the text of `POST /depositor-keys/nonce` may be signed and sent. */
  keyNonceMs: 300_000,
  /** Digests in one `POST /blobs/missing`. */
  missingQueryDigests: 100_000,
  /** Bytes of a signature document sent with a record. */
  signatureBytes: 64 * KIB,
  /** Signatures over one record. */
  signaturesPerRecord: 16,
  /** File parts in one multipart deposit; send more with `PUT /blobs/{digest}`. */
  multipartFiles: 1_000,
  /** Bytes of a path (UTF-8) and of one of its components. */
  pathBytes: 1024,
  pathComponentBytes: 255,
  /** Records in one page of a list. */
  pageItems: 100,
  /** Characters of a search text. */
  queryCharacters: 200,
  /** Silence of a sender after which its request is given up. */
  idleTimeoutMs: 60_000,
  /** Ranges in one Range header; more are answered with the whole. */
  rangesPerRequest: 1,
} as const

export type Limits = typeof limits
