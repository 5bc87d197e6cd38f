import type { Environment, SpackEnvironment } from '../record/environment.ts'
import type { BlobReference } from '../record/fields.ts'
import { html, type Content, type Html } from './html.ts'
import { factsOf, firstFew } from './layout.ts'
import { blobLink, commitOf, urlLink } from './links.ts'
import { countOf, sizeOf } from './quantity.ts'
import { cutNote, rowsShown, tableOf } from './table.ts'

type EnvironmentOf<Kind extends Environment['kind']> = Extract<Environment, { kind: Kind }>

const kindInWords: Readonly<Record<Environment['kind'], string>> = {
  spack: 'Spack environment',
  container: 'Container image',
  modules: 'Modules of the site',
  python: 'Python packages',
  guix: 'Guix',
  system: 'Packages of the operating system',
}

/** What the stages ran in. */
export function environmentsList(environments: readonly Environment[], wholeAt: string): Html {
  const entries = environments.slice(0, rowsShown).map(
    (environment) =>
      html`<div class="entry" id="environment-${environment.id}">
        <h3>${environment.id} <span class="aside">${kindInWords[environment.kind]}</span></h3>
        ${detailsOf(environment, wholeAt)}
      </div>`,
  )
  return html`${entries} ${cutNote(environments.length, wholeAt)}`
}

function detailsOf(environment: Environment, wholeAt: string): Html {
  switch (environment.kind) {
    case 'spack':
      return spackDetails(environment, wholeAt)
    case 'container':
      return containerDetails(environment)
    case 'modules':
      return modulesDetails(environment)
    case 'python':
      return factsOf([
        ['Resolved by', [environment.resolver, ' ', environment.resolverVersion]],
        ['Lockfile', fileOf(environment.lock, 'lock')],
      ])
    case 'guix':
      return factsOf([
        ['Channels', fileOf(environment.channels, 'channels.scm')],
        ['Manifest', fileOf(environment.manifest, 'manifest.scm')],
      ])
    case 'system':
      return factsOf([
        ['Packages', versionsOf(environment.packages ?? [])],
        ['Package list', fileOf(environment.packageList, 'packages.txt')],
      ])
  }
}

function spackDetails(environment: SpackEnvironment, wholeAt: string): Html {
  return html`${factsOf([
    ['Spack', [environment.spackVersion, ' ', commitOf(environment.spackCommit)]],
    ['Target', environment.target],
    ['Operating system', environment.os],
    ['Lockfile', [fileOf(environment.lock, 'spack.lock'), lockVersionOf(environment)]],
    ['Manifest', fileOf(environment.manifest, 'spack.yaml')],
    ['Recipes', recipesOf(environment)],
    ['Externals', externalsOf(environment)],
    ['Binaries', binariesOf(environment)],
    ['Build caches', cachesOf(environment)],
  ])}
  ${rootsTable(environment, wholeAt)}`
}

function rootsTable({ id, roots }: SpackEnvironment, wholeAt: string): Content {
  if (roots === undefined || roots.length === 0) return undefined
  return tableOf({
    caption: `Root specs of ${id}`,
    columns: [
      { head: 'Spec', cell: ({ spec }) => html`<code class="line">${spec}</code>` },
      { head: 'DAG hash', cell: ({ dagHash }) => codeOf(dagHash) },
    ],
    rows: roots,
    wholeAt,
  })
}

function lockVersionOf({ lockVersion }: SpackEnvironment): Content {
  return lockVersion === undefined ? undefined : `, lockfile version ${lockVersion}`
}

function recipesOf({ repos }: SpackEnvironment): Html {
  return firstFew(
    repos ?? [],
    ({ namespace, url, commit, retained }) =>
      html`${namespace} ${url === undefined ? undefined : html`from ${urlLink(url)}`}
      ${commitOf(commit)} ${fileOf(retained, `${namespace}.tar`)}`,
    html`<br />`,
  )
}

function externalsOf({ externals }: SpackEnvironment): Html {
  return firstFew(
    externals ?? [],
    ({ name, version, via, parameter }) =>
      html`${name}${version === undefined ? undefined : `@${version}`}
      (${via}${parameter === undefined ? undefined : html` from <code>${parameter}</code>`})`,
    ', ',
  )
}

function binariesOf({ binaries }: SpackEnvironment): Content {
  if (binaries === undefined || binaries.length === 0) return undefined
  const bytes = binaries.reduce((total, binary) => total + binary.size, 0)
  const kept = binaries.filter((binary) => binary.retained === true).length
  const here = kept === binaries.length ? 'all held here' : `${kept} held here`
  return html`${countOf(binaries.length, 'package')}, ${sizeOf(bytes)}, ${here}`
}

type BuildCache = NonNullable<SpackEnvironment['caches']>[number]

function cachesOf({ caches }: SpackEnvironment): Html {
  return firstFew(caches ?? [], cacheOf, html`<br />`)
}

function cacheOf({ layout, url, files = [], keys = [] }: BuildCache): Html {
  const bytes = files.reduce((total, file) => total + file.size, 0)
  return html`layout ${layout}${url === undefined ? undefined : html` at ${urlLink(url)}`},
  ${countOf(files.length, 'file')} held here (${sizeOf(bytes)})
  ${firstFew(
    keys,
    ({ fingerprint, blob }) =>
      html`<br />signed by <code>${fingerprint}</code> ${fileOf(blob, `${fingerprint}.pub`)}`,
    '',
  )}`
}

function containerDetails(environment: EnvironmentOf<'container'>): Html {
  const { platform } = environment
  return factsOf([
    ['Image', html`<code class="line">${environment.reference}</code>`],
    ['Manifest', codeOf(environment.manifestDigest)],
    ['Index', codeOf(environment.indexDigest)],
    ['SIF file', codeOf(environment.sifDigest)],
    [
      'Platform',
      platform === undefined
        ? undefined
        : [platform.os, platform.arch, platform.variant]
            .filter((part) => part !== undefined)
            .join('/'),
    ],
    ['Held here', fileOf(environment.retained, 'image')],
  ])
}

function modulesDetails(environment: EnvironmentOf<'modules'>): Html {
  const loads = environment.loads.toSorted((one, other) => one.order - other.order)
  return html`<p class="caution">
      Not portable: these modules exist at one site only and cannot be installed from this record.
    </p>
    ${factsOf([
      ['System', environment.system],
      ['Loads, in order', versionsOf(loads)],
      ['Provides', firstFew(environment.provides ?? [], (name) => name, ', ')],
      ['Module file', fileOf(environment.moduleFile, 'modulefile')],
    ])}`
}

function versionsOf(packages: readonly { name: string; version?: string | undefined }[]): Html {
  return firstFew(
    packages,
    ({ name, version }) => (version === undefined ? name : `${name} ${version}`),
    ', ',
  )
}

function fileOf(blob: BlobReference | undefined, fileName: string): Content {
  if (blob === undefined) return undefined
  return html`${blobLink(blob.digest, fileName)} (${sizeOf(blob.size)})`
}

function codeOf(text: string | undefined): Content {
  return text === undefined ? undefined : html`<code class="line">${text}</code>`
}
