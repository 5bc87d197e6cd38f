/**
 * A refusal the caller can act on. `code` is part of the public contract:
 * clients branch on it, so it is never renamed.
 */
export abstract class Refusal extends Error {
  abstract readonly code: string
  override get name(): string {
    return this.constructor.name
  }
}

/** Text of the caller, cut to 80 characters, safe to repeat in a message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text)
}
