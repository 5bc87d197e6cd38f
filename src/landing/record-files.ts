import type { Input } from '../record/plan.ts'
import type { Output } from '../record/run.ts'
import { html, joined, type Content, type Html } from './html.ts'
import { blobLink, digestOf, urlLink } from './links.ts'
import { countOf, sizeInWords, sizeOf } from './quantity.ts'
import { tableOf } from './table.ts'

/** Files the work directory must hold before the first stage. */
export function inputsTable(inputs: readonly Input[], wholeAt: string): Html {
  return tableOf({
    caption: captionOf('input', inputs),
    columns: [
      { head: 'Path', cell: pathCell },
      { head: 'Role', cell: ({ role }) => role },
      {
        head: 'Size',
        cell: ({ size }) => (size === undefined ? undefined : sizeOf(size)),
        isNumber: true,
      },
      { head: 'Digest', cell: inputDigest },
      { head: 'Type', cell: ({ mediaType }) => mediaType },
      { head: 'Kept', cell: availabilityOf },
    ],
    rows: inputs,
    wholeAt,
  })
}

/** Files the run made. */
export function outputsTable(outputs: readonly Output[], wholeAt: string): Html {
  return tableOf({
    caption: captionOf('output', outputs),
    columns: [
      { head: 'Path', cell: pathCell },
      { head: 'Size', cell: ({ size }) => sizeOf(size), isNumber: true },
      { head: 'Digest', cell: outputDigest },
      { head: 'Type', cell: ({ mediaType }) => mediaType },
      { head: 'Expectation', cell: expectationLink },
      { head: 'Kept', cell: ({ retained }) => (retained ? 'here' : 'not here') },
    ],
    rows: outputs,
    wholeAt,
  })
}

function captionOf(what: string, files: readonly { size?: number | undefined }[]): string {
  const bytes = files.reduce((total, file) => total + (file.size ?? 0), 0)
  return `${countOf(files.length, what)}, ${sizeInWords(bytes)}`
}

function pathCell({ path }: { readonly path: string }): Html {
  return html`<code class="path">${path}</code>`
}

function inputDigest({ digest, path, availability }: Input): Content {
  if (digest === undefined) return 'not known'
  return availability === 'retained' ? blobLink(digest, path) : digestOf(digest)
}

function outputDigest({ digest, path, retained }: Output): Content {
  return retained ? blobLink(digest, path) : digestOf(digest)
}

function expectationLink({ expectation }: Output): Content {
  if (expectation === undefined) return undefined
  return html`<a href="#expectation-${expectation}">${expectation}</a>`
}

function availabilityOf(input: Input): Content {
  const note = input.external?.accessNote && html`<small>${input.external.accessNote}</small>`
  switch (input.availability) {
    case 'retained':
      return [input.template === true ? 'here, a template' : 'here', note]
    case 'withheld':
      return ['withheld by the depositor', note]
    case 'external':
      return [placesOf(input), note]
  }
}

function placesOf({ external }: Input): Html {
  const places = [
    ...(external?.accession === undefined ? [] : [external.accession]),
    ...(external?.urls ?? []).slice(0, 5).map((url) => urlLink(url)),
  ]
  if (places.length === 0) return html`elsewhere`
  return html`elsewhere: ${joined(places, html`<br />`)}`
}
