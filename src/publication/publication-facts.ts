import type { LogParts } from './log-parts.ts'

export interface PublisherParts extends LogParts {
  /** Why nothing can be signed, if nothing can. */
  readonly fault?: string | undefined
  /** Asks those who know the log, before anything is signed, whether theirs is another one. */
  readonly findContradiction?: (() => Promise<string | undefined>) | undefined
  readonly report: (fact: PublicationFact) => void
}

/** What the operator of a log should know. */
export type PublicationFact =
  /** Every entry is read: a start takes ten to twenty seconds for a million of them. */
  | { readonly kind: 'checking'; readonly entries: number }
  | { readonly kind: 'published'; readonly size: number; readonly added: number }
  /** Tried again; told again when the reason is another one, or there was success in between. */
  | { readonly kind: 'delayed'; readonly error: unknown }
  | { readonly kind: 'stopped'; readonly reason: string }
