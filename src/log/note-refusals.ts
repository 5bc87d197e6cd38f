import { quoted, Refusal } from '../record/refusal.ts'

export class MalformedNote extends Refusal {
  override readonly code = 'malformed-note'
  constructor(found: string, expected: string) {
    super(`found a note with ${found}, expected ${expected}`)
  }
}

/** Nobody known has signed the note, or a known key's signature is bad. */
export class UnverifiedNote extends Refusal {
  override readonly code = 'unverified-note'
}

export class MalformedVerifierKey extends Refusal {
  override readonly code = 'malformed-verifier-key'
  constructor(found: string, expected: string) {
    super(`found the verifier key ${quoted(found)}, expected ${expected}`)
  }
}
