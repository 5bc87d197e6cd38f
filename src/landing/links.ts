import type { Digest } from '../record/digest.ts'
import { shortDigestOf } from '../record/identifier.ts'
import { html, type Content, type Html } from './html.ts'
import type { RelatedRecord } from './views.ts'
import { withdrawnBadge } from './wording.ts'

/** A digest in short form with the whole of it behind; print shows the whole. */
export function digestOf(digest: Digest): Html {
  return html`<code class="digest" title="${digest}">${shortDigestOf(digest)}</code>`
}

/** A blob the registry holds; `fileName` is the name a browser saves it under. */
export function blobLink(digest: Digest, fileName?: string): Html {
  const download = fileName === undefined ? undefined : html` download="${baseNameOf(fileName)}"`
  return html`<a href="/blobs/${digest}" ${download}>${digestOf(digest)}</a>`
}

/** A record of this registry. */
export function recordLink(digest: Digest, { title, withdrawnAt }: RelatedRecord): Html {
  const mark = withdrawnAt === undefined ? undefined : [' ', withdrawnBadge()]
  return html`<a href="/records/${digest}" dir="auto">${title}</a>${mark}`
}

/** A record that may be one of another registry, which has no page here. */
export function knownRecordLink(digest: Digest, related: ReadonlyMap<string, RelatedRecord>): Html {
  const record = related.get(digest)
  if (record !== undefined) return recordLink(digest, record)
  return html`${digestOf(digest)} <small>not in this registry</small>`
}

/**
 * A link to a URL that a depositor wrote. Only http and https become links: a
 * record may name `javascript:` or `file:` URLs too.
 */
export function urlLink(url: string, text: Content = url): Html {
  if (!/^https?:\/\//i.test(url)) return html`<code>${url}</code>`
  // Print shows the address of a link, unless it is there already.
  const className = text === url ? 'address' : 'url'
  return html`<a class="${className}" href="${url}" rel="nofollow noopener">${text}</a>`
}

export function doiLink(doi: string): Html {
  const path = doi.toWellFormed().split('/').map(encodeURIComponent).join('/')
  return urlLink(`https://doi.org/${path}`, `doi:${doi}`)
}

export function swhidLink(swhid: string): Html {
  const core = swhid.split(';')[0] ?? swhid
  return urlLink(
    `https://archive.softwareheritage.org/${core}`,
    html`<code class="line">${core}</code>`,
  )
}

export function orcidLink(orcid: string): Html {
  return html`<a class="orcid url" href="https://orcid.org/${orcid}">ORCID ${orcid}</a>`
}

/** A commit in short form with the whole of it behind. */
export function commitOf(commit: string | undefined): Content {
  if (commit === undefined) return undefined
  return html`<code class="digest" title="${commit}">${commit.slice(0, 12)}</code>`
}

function baseNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
