import { html, type Content, type Html } from './html.ts'
import type { Registry, SignpostingLink } from './views.ts'

export interface Page {
  /** Without the name of the registry. */
  readonly title: string
  readonly description: string
  readonly links?: readonly SignpostingLink[] | undefined
  /** Whether search engines may list the page. */
  readonly isListed: boolean
  /** Whether the head of the page has a search form; pages with a form of their own have none. */
  readonly hasSearch: boolean
  readonly main: Content
}

// An upright stone with two lines of writing.
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%2317605c' d='M3 16V6a5 5 0 0 1 10 0v10z'/%3E%3Cpath stroke='%23fff' d='M5.5 8.5h5M5.5 11.5h5'/%3E%3C/svg%3E"

/** A whole page: head, masthead, the main part and the foot. */
export function pageOf(registry: Registry, page: Page): string {
  const title =
    page.title === registry.registryName ? page.title : `${page.title} – ${registry.registryName}`
  return String(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <title>${title}</title>
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="description" content="${page.description}" />
          ${page.isListed ? undefined : html`<meta name="robots" content="noindex" />`}
          <meta name="color-scheme" content="light dark" />
          <link rel="stylesheet" href="/style.css" />
          <link rel="icon" href="${icon}" />
          ${(page.links ?? []).map(linkElement)}
        </head>
        <body>
          <a class="skip" href="#content">Skip to the content</a>
          <header class="masthead">
            <a class="home" href="/">${registry.registryName}</a>
            ${page.hasSearch ? searchForm('') : undefined}
          </header>
          <main id="content">${page.main}</main>
          ${foot()}
        </body>
      </html> `,
  )
}

function linkElement(link: SignpostingLink): Html {
  const type = link.type === undefined ? undefined : html` type="${link.type}"`
  // HTML has no attribute of its own for a profile; it is in the Link header.
  return html`<link rel="${link.rel}" href="${link.href}" ${type} /> `
}

/** The search form; `query` is what stands in its field, `kept` goes along with a new search. */
export function searchForm(
  query: string,
  kept: readonly (readonly [name: string, value: string])[] = [],
): Html {
  return html`<form class="search" role="search" action="/records" method="get">
    <input
      type="search"
      name="q"
      value="${query}"
      aria-label="Search the records"
      placeholder="Title, author, package …"
      maxlength="200"
    />
    ${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <button type="submit">Search</button>
  </form>`
}

function foot(): Html {
  return html`<footer class="foot">
    <p>Reading is free and needs no account. Everything here is named by its SHA-256.</p>
    <ul>
      <li><a href="/records">Records</a></li>
      <li><a href="/runner/stele.pyz">Runner</a></li>
      <li><a href="/openapi.yaml">Interface (OpenAPI)</a></li>
      <li><a href="/schema/record-1.json">Record schema</a></li>
      <li><a href="/limits">Limits</a></li>
    </ul>
  </footer>`
}
