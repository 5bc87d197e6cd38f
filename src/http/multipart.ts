import type { Request, Response } from 'express'
import { addAbortSignal } from 'node:stream'
import multer, { MulterError, type StorageEngine } from 'multer'
import type { BlobIntake } from '../archive/take-blobs.ts'
import { isDigest } from '../record/digest.ts'
import { limits } from '../record/limits.ts'
import { quoted, Refusal } from '../record/refusal.ts'
import { receiveBytes } from './received-body.ts'
import { MalformedMultipart } from './refusals.ts'

type StagedBlob = Awaited<ReturnType<BlobIntake['stage']>>

/** What a form must hold and may hold. */
export interface ExpectedForm {
  /** The file part that must be there, and most bytes of it. */
  readonly document: { readonly name: 'record' | 'event'; readonly maxByteLength: number }
  /** Takes other file parts in; without it there may be none but `signature`. */
  readonly intake?: BlobIntake | undefined
  readonly signal: AbortSignal
}

/** What came in one multipart request. Disposing forgets the files that were not kept. */
export interface ReceivedForm extends AsyncDisposable {
  readonly document: Uint8Array
  readonly signatures: Uint8Array | undefined
  readonly files: readonly StagedBlob[]
}

/**
 * Reads the document (a file part), `signature` (optional, a file part) and any
 * number of other file parts, which stream into the vault without being visible.
 * A file part whose name is a digest must have that digest.
 *
 * @throws MalformedMultipart, BodyTooLarge, DigestMismatch, BlobTooLarge, StorageFull
 */
export async function receiveForm(
  request: Request,
  response: Response,
  expected: ExpectedForm,
): Promise<ReceivedForm> {
  // multer would wait for ever for a request that is over already.
  expected.signal.throwIfAborted()
  const received = new ReceivedParts(expected)
  try {
    // multer reads a refused form to its end before it says so, however long that takes.
    await Promise.race([runMulter(received, request, response), received.refusal])
    return received.form()
  } catch (error) {
    await received.dispose()
    // The reason of the part, not the broken stream that multer sees then.
    throw refusalOf(received.fault ?? error, expected)
  }
}

function runMulter(received: ReceivedParts, request: Request, response: Response): Promise<void> {
  // No fileSize limit of multer's: it ends the stream quietly, and a cut blob would
  // be stored under the perfectly valid digest of its first part.
  const files = limits.multipartFiles
  const upload = multer({ storage: received, limits: { files, fields: 0, parts: files } }).any()
  return new Promise((resolve, reject) => {
    upload(request, response, (error: unknown) => {
      if (error === undefined || error === null) resolve()
      else reject(error instanceof Error ? error : new Error('multer failed', { cause: error }))
    })
  })
}

function refusalOf(error: unknown, { document }: ExpectedForm): unknown {
  if (error instanceof MulterError) {
    const place = error.field === undefined ? '' : ` in part ${error.field.slice(0, 80)}`
    const hint = 'expected file parts only, each with a filename, one of them named '
    return new MalformedMultipart(`${error.message}${place}, ${hint}${document.name}`)
  }
  // busboy has no error class of its own.
  const isFormFault =
    error instanceof Error &&
    !(error instanceof Refusal) &&
    /unexpected end of (form|file)|malformed|boundary|part header/i.test(error.message)
  return isFormFault ? new MalformedMultipart(`the form is broken: ${error.message}`) : error
}

class ReceivedParts implements StorageEngine {
  readonly #expected: ExpectedForm
  readonly #signal: AbortSignal
  readonly #files: StagedBlob[] = []
  readonly #documents = new Map<string, Uint8Array>()
  readonly #names = new Set<string>()
  readonly #underWay = new Set<Promise<void>>()
  readonly #refusal = Promise.withResolvers<never>()
  readonly #others = new AbortController()
  #fault: unknown

  constructor(expected: ExpectedForm) {
    this.#expected = expected
    this.#signal = AbortSignal.any([expected.signal, this.#others.signal])
  }

  /** Rejects as soon as a part is refused. */
  get refusal(): Promise<never> {
    return this.#refusal.promise
  }

  /** Why the first part was refused. */
  get fault(): unknown {
    return this.#fault
  }

  _handleFile(
    _request: Request,
    file: Express.Multer.File,
    done: (error?: unknown, info?: Partial<Express.Multer.File>) => void,
  ): void {
    const work = this.#receive(file).then(
      () => done(null, {}),
      (error: unknown) => {
        this.#fault ??= error
        this.#refusal.reject(error)
        this.#others.abort(error)
        done(error)
      },
    )
    this.#underWay.add(work)
    void work.finally(() => this.#underWay.delete(work))
  }

  _removeFile(_request: Request, _file: Express.Multer.File, done: (error: null) => void): void {
    // Everything is forgotten together, in dispose().
    done(null)
  }

  form(): ReceivedForm {
    const { name } = this.#expected.document
    const document = this.#documents.get(name)
    if (document === undefined) {
      throw new MalformedMultipart(`found no file part named ${name}, expected one`)
    }
    return {
      document,
      signatures: this.#documents.get('signature'),
      files: this.#files,
      [Symbol.asyncDispose]: () => this.dispose(),
    }
  }

  async dispose(): Promise<void> {
    await Promise.allSettled(this.#underWay)
    await Promise.all(this.#files.map((file) => file[Symbol.asyncDispose]()))
  }

  async #receive(file: Express.Multer.File): Promise<void> {
    const { fieldname: name } = file
    const { document, intake } = this.#expected
    const stream = addAbortSignal(this.#signal, file.stream)
    if (name === document.name || name === 'signature') {
      if (this.#names.has(name)) throw new MalformedMultipart(`found two parts named ${name}`)
      // Noted before the first one is read: the second may begin while that is under way.
      this.#names.add(name)
      const limit = name === 'signature' ? limits.signatureBytes : document.maxByteLength
      this.#documents.set(name, await receiveBytes(stream, limit))
      return
    }
    if (intake === undefined) {
      const found = `the part ${quoted(name)}`
      throw new MalformedMultipart(`found ${found}, expected ${document.name} and signature only`)
    }
    const expected = isDigest(name) ? name : undefined
    this.#files.push(await intake.stage(stream, expected, this.#signal))
  }
}
