import { quoted, Refusal } from '../record/refusal.ts'

/** A refusal that also needs header fields of its own. */
export abstract class RefusalWithHeaders extends Refusal {
  abstract readonly headers: Readonly<Record<string, string>>
}

export class InvalidParameter extends Refusal {
  override readonly code = 'invalid-parameter'
  constructor(name: string, expected: string) {
    super(`the parameter ${quoted(name)} is not right, expected ${expected}`)
  }
}

export class TokenRequired extends RefusalWithHeaders {
  override readonly code = 'token-required'
  readonly headers = { 'www-authenticate': 'Bearer realm="deposit"' }
  constructor() {
    super('depositing needs a token: send it as "Authorization: Bearer …"')
  }
}

/** One answer for every kind of bad token; the reason is in the log of the service only. */
export class InvalidToken extends RefusalWithHeaders {
  override readonly code = 'invalid-token'
  readonly headers = { 'www-authenticate': 'Bearer realm="deposit", error="invalid_token"' }
  readonly reason: 'malformed' | 'unknown' | 'expired' | 'revoked'
  constructor(reason: InvalidToken['reason']) {
    super('the token is not valid here, or not any more')
    this.reason = reason
  }
}

export class BodyTooLarge extends Refusal {
  override readonly code = 'body-too-large'
  constructor(maxByteLength: number) {
    super(`found more than ${maxByteLength} bytes, expected at most ${maxByteLength}`)
  }
}

export class UnsupportedMediaType extends Refusal {
  override readonly code = 'unsupported-media-type'
  constructor(found: string, expected: string) {
    super(`found ${quoted(found)}, expected ${expected}`)
  }
}

export class MalformedMultipart extends Refusal {
  override readonly code = 'malformed-multipart'
}

export class NotAcceptable extends Refusal {
  override readonly code = 'not-acceptable'
  readonly available: readonly string[]
  constructor(found: string, available: readonly string[]) {
    super(`found Accept ${quoted(found)}, expected one of ${available.join(', ')}`)
    this.available = available
  }
}

export class UnsatisfiableRange extends RefusalWithHeaders {
  override readonly code = 'range-not-satisfiable'
  readonly headers: Readonly<Record<string, string>>
  constructor(found: string, byteLength: number) {
    super(`found range ${quoted(found)}, expected one within ${byteLength} bytes`)
    this.headers = { 'content-range': `bytes */${byteLength}` }
  }
}

/** The page that asks for it may have been loaded from an earlier version of the service. */
export class UnknownScript extends Refusal {
  override readonly code = 'unknown-script'
  constructor(path: string) {
    super(`found no script ${quoted(path)}, expected one of this version; load the page again`)
  }
}

export class NotFound extends Refusal {
  override readonly code = 'not-found'
  constructor(path: string) {
    super(`nothing is served at ${quoted(path)}`)
  }
}

export class MethodNotAllowed extends RefusalWithHeaders {
  override readonly code = 'method-not-allowed'
  readonly headers: Readonly<Record<string, string>>
  constructor(found: string, allowed: readonly string[]) {
    super(`found ${found}, expected ${allowed.join(' or ')}`)
    this.headers = { allow: allowed.join(', ') }
  }
}

export class NotReady extends RefusalWithHeaders {
  override readonly code = 'not-ready'
  readonly headers = { 'retry-after': '5' }
}
