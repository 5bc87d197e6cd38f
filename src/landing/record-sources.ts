import type { Source } from '../record/plan.ts'
import { html, type Content, type Html } from './html.ts'
import { blobLink, commitOf, swhidLink, urlLink } from './links.ts'
import { countOf, sizeOf } from './quantity.ts'
import { tableOf } from './table.ts'

/** The source code a plan is made from. */
export function sourcesTable(sources: readonly Source[], wholeAt: string): Html {
  return tableOf({
    caption: countOf(sources.length, 'source'),
    columns: [
      { head: 'Source', cell: ({ id }) => id },
      { head: 'From', cell: originOf },
      { head: 'Commit', cell: ({ commit }) => commitOf(commit) },
      { head: 'Asked for', cell: ({ requestedRef }) => requestedRef },
      { head: 'Software Heritage', cell: ({ swhid }) => swhid && swhidLink(swhid) },
      { head: 'Held here', cell: heldOf },
      { head: 'Licence', cell: ({ license }) => license },
    ],
    rows: sources,
    wholeAt,
  })
}

function originOf({ kind, url, submodules }: Source): Html {
  const origin = url === undefined ? 'the depositor’s own copy' : urlLink(url)
  const count = submodules?.length ?? 0
  return html`${kind}: ${origin}${count === 0 ? undefined : `, with ${countOf(count, 'submodule')}`}`
}

function heldOf({ id, retained, dirtyPatch }: Source): Content {
  const archive =
    retained && html`${blobLink(retained.digest, `${id}.source`)} (${sizeOf(retained.size)}) `
  const patch =
    dirtyPatch &&
    html`local changes ${blobLink(dirtyPatch.digest, `${id}.patch`)} (${sizeOf(dirtyPatch.size)})`
  return [archive, patch]
}
