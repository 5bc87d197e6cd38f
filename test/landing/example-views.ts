import { parseDigest } from '../../src/record/digest.ts'
import type {
  EventView,
  RecordPageView,
  RecordSummary,
  TombstoneView,
} from '../../src/landing/views.ts'
import { RecordEvent } from '../../src/record/record-event.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { withdrawalEvent } from '../record-event-fixtures.ts'
import { digestWith, parseExample } from './example-records.ts'

export const registry = {
  registryUrl: 'https://registry.example.org',
  registryName: 'Example Registry',
}

/** View of a record that is given as JSON; its digest is `sha256:dddd…`. */
export function viewOf(json: unknown, changes: Partial<RecordPageView> = {}): RecordPageView {
  return {
    ...registry,
    digest: parseDigest(digestWith('d')),
    record: parseExample(json),
    planDigest: parseDigest(digestWith('e')),
    logIndex: 41,
    acceptedAt: '2026-11-21T08:00:00Z',
    project: 'rods',
    byteLength: 5000,
    signers: [],
    blobCount: 8,
    blobBytes: 16_384,
    bundles: [
      { profile: 'thin', byteLength: 10_240 },
      { profile: 'standard', byteLength: 40_960 },
    ],
    events: [],
    referencedBy: [],
    related: new Map(),
    links: [],
    ...changes,
  }
}

/** View of an event that is given as JSON; its digest is `sha256:9999…`. */
export function eventViewOf(document: JsonObject, changes: Partial<EventView> = {}): EventView {
  return {
    digest: parseDigest(digestWith('9')),
    event: RecordEvent.parse(document),
    logIndex: 1042,
    acceptedAt: '2026-11-22T10:00:00Z',
    signatureKeys: [],
    ...changes,
  }
}

/** View of a record that was withdrawn; the reason and the words are `value` of the event. */
export function tombstoneViewOf(
  value: JsonObject,
  changes: Partial<TombstoneView> = {},
): TombstoneView {
  const withdrawal = eventViewOf(withdrawalEvent(digestWith('d'), { value }))
  const { event } = withdrawal
  if (event.type !== 'withdrawal') throw new Error(`found an event of type ${event.type}`)
  return {
    ...registry,
    digest: parseDigest(digestWith('d')),
    title: 'Heat on a rod',
    kind: 'run',
    logIndex: 41,
    acceptedAt: '2026-11-21T08:00:00Z',
    isSigned: false,
    withdrawal: { ...withdrawal, event },
    events: [withdrawal],
    ...changes,
  }
}

export function summaryOf(changes: Partial<RecordSummary> = {}): RecordSummary {
  return {
    digest: parseDigest(digestWith('d')),
    kind: 'run',
    title: 'Heat on a rod',
    project: 'Rods',
    acceptedAt: '2026-11-21T08:00:00Z',
    application: 'heat1d',
    authors: ['Ada Example'],
    ...changes,
  }
}

/** The text a reader sees: no tags, entities resolved, white space as one blank. */
export function textOf(page: string): string {
  return page
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(lt|gt|quot|#39|amp);/g, (entity) => characterOf[entity] ?? entity)
    .replace(/\s+/g, ' ')
}

const characterOf: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
}

/** Addresses of all links, resolved entities and all. */
export function addressesIn(page: string): string[] {
  return [...page.matchAll(/<a [^>]*href="([^"]*)"/g)].map((match) => textOf(match[1] ?? ''))
}

const tag = /<!doctype html>|<\/?[a-z][a-z0-9]*(?:\s+[a-z-]+(?:="[^"<>]*")?)*\s*\/?>/g

/**
 * Tags of a page with the names of their attributes, in order.
 *
 * @throws if there is a `<` or `>` that belongs to no tag.
 */
export function tagsOf(page: string): string[] {
  const rest = page.replace(tag, '')
  const stray = /[<>]/.exec(rest)
  if (stray !== null) throw new Error(`stray ${rest.slice(stray.index, stray.index + 80)}`)
  return (page.match(tag) ?? []).map((text) => text.replace(/="[^"]*"/g, ''))
}
