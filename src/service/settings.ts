import { join, resolve } from 'node:path'
import { z } from 'zod'
import { CannotServe } from './cannot-serve.ts'
import { parseWitnessList, type ListedWitness } from './witness-list.ts'

/** Everything an operator can set, checked. Paths are absolute. */
export interface Settings {
  readonly dataDirectory: string
  readonly host: string
  readonly port: number
  /** How the world reaches the registry, without a slash at the end. */
  readonly url: string
  /** Name of the log, if it was set; else the log keeps the name it was begun with. */
  readonly origin: string | undefined
  /** SQLite file, or `:memory:`. */
  readonly databaseFile: string
  readonly blobDirectory: string
  readonly depositExamples: boolean
  /** Authorities that stamp the log's checkpoints (RFC 3161); the order numbers their tokens. */
  readonly timeStampUrls: readonly string[]
  /** Who cosigns the log's checkpoints (C2SP tlog-witness). */
  readonly witnesses: readonly ListedWitness[]
  /** Variables that look like settings and are none: most likely a slip of the pen. */
  readonly unknownNames: readonly string[]
}

interface SettingHelp {
  readonly name: string
  readonly fallback: string
  readonly meaning: string
}

/** What `stele serve --help` prints, and the only list of names. */
export const settingsHelp: readonly SettingHelp[] = [
  {
    name: 'STELE_DATA',
    fallback: './stele-data',
    meaning: 'directory of everything embedded: catalog, blobs, keys, deposit-token',
  },
  { name: 'STELE_HOST', fallback: '127.0.0.1', meaning: 'address it listens on' },
  { name: 'STELE_PORT', fallback: '7400', meaning: 'port it listens on; 0 takes a free one' },
  {
    name: 'STELE_URL',
    fallback: 'http://HOST:PORT',
    meaning: 'how the world reaches it; goes into pages, receipts and citations',
  },
  {
    name: 'STELE_ORIGIN',
    fallback: 'host part of STELE_URL + /log, as of the first start',
    meaning: 'name of the log; choose it once, it never changes',
  },
  {
    name: 'STELE_DATABASE',
    fallback: 'sqlite:STELE_DATA/catalog.sqlite',
    meaning: 'where the catalog is; sqlite:FILE',
  },
  {
    name: 'STELE_BLOBS',
    fallback: 'file:STELE_DATA/blobs',
    meaning: 'where everything immutable is; file:DIRECTORY',
  },
  {
    name: 'STELE_EXAMPLES',
    fallback: 'on for an empty registry started by npm start, else off',
    meaning: 'deposit the shipped examples into an empty registry',
  },
  {
    name: 'STELE_TSA_URLS',
    fallback: 'none',
    meaning: 'time-stamping authorities (RFC 3161) for the log, separated by commas',
  },
  {
    name: 'STELE_WITNESSES',
    fallback: 'none',
    meaning: 'witnesses (C2SP tlog-witness) of the log, each VKEY=URL, separated by commas',
  },
]

/** Settings that cannot be used, all of them at once. */
export class InvalidSettings extends CannotServe {
  readonly mistakes: readonly string[]
  constructor(mistakes: readonly string[]) {
    super(`settings that cannot be used:\n  ${mistakes.join('\n  ')}`)
    this.mistakes = mistakes
  }
}

const portNumber = 'a port number, 0 to 65535'
const host = z.string().min(1).max(255)
// fetch refuses a URL with a user, and a fragment reaches nobody.
const authorityUrl = /^https?:\/\/[^/?#@]+([/?][^#]*)?$/

const Environment = z.object({
  STELE_DATA: z.string().min(1).default('./stele-data'),
  STELE_HOST: host.default('127.0.0.1'),
  // Not z.coerce: to Number, ' ' and '0x50' are numbers too.
  STELE_PORT: z
    .string()
    .regex(/^\d{1,5}$/, portNumber)
    .transform(Number)
    .refine((port) => port <= 65_535, portNumber)
    .default(7400),
  STELE_URL: z
    .url({ protocol: /^https?$/, error: 'an http or https URL' })
    .refine((url) => !/[?#]|\/\/[^/]*@/.test(url), 'a URL without query, fragment or user')
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  STELE_ORIGIN: z
    .string()
    .regex(/^[a-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._-]+)+$/, 'a host and path without scheme and spaces')
    .optional(),
  STELE_DATABASE: z
    .string()
    .regex(/^sqlite:.+/, 'sqlite:FILE; PostgreSQL is not supported by this version')
    .optional(),
  STELE_BLOBS: z
    .string()
    .regex(/^file:.+/, 'file:DIRECTORY; S3 is not supported by this version')
    .optional(),
  STELE_EXAMPLES: z.enum(['on', 'off'], 'on or off').default('off'),
  STELE_TSA_URLS: z
    .string()
    .transform((urls) => urls.split(',').map((url) => url.trim()))
    .refine(
      (urls) => urls.every((url) => authorityUrl.test(url) && URL.canParse(url)),
      'http or https URLs without fragment or user, separated by commas',
    )
    .default([]),
  STELE_WITNESSES: z
    .string()
    .transform((list, context) => {
      const { witnesses, mistakes } = parseWitnessList(list)
      for (const message of mistakes) context.addIssue(message)
      return witnesses
    })
    .default([]),
})

/** @throws InvalidSettings naming every mistake. */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const known = Object.fromEntries(
    settingsHelp.flatMap(({ name }) => {
      const value = environment[name]
      return value === undefined || value === '' ? [] : [[name, value]]
    }),
  )
  const unknown = Object.keys(environment).filter(
    (name) => name.startsWith('STELE_') && !isKnownName(name),
  )
  const parsed = Environment.safeParse(known)
  if (!parsed.success) {
    throw new InvalidSettings(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: expected ${issue.message}`),
    )
  }
  return settingsFrom(parsed.data, unknown)
}

function settingsFrom(values: z.output<typeof Environment>, unknownNames: string[]): Settings {
  const dataDirectory = resolve(values.STELE_DATA)
  const hostInUrl = values.STELE_HOST.includes(':') ? `[${values.STELE_HOST}]` : values.STELE_HOST
  const url = values.STELE_URL ?? `http://${hostInUrl}:${values.STELE_PORT}`
  return {
    dataDirectory,
    host: values.STELE_HOST,
    port: values.STELE_PORT,
    url,
    origin: values.STELE_ORIGIN,
    databaseFile: fileOf(values.STELE_DATABASE, 'sqlite:', join(dataDirectory, 'catalog.sqlite')),
    blobDirectory: fileOf(values.STELE_BLOBS, 'file:', join(dataDirectory, 'blobs')),
    depositExamples: values.STELE_EXAMPLES === 'on',
    timeStampUrls: values.STELE_TSA_URLS,
    witnesses: values.STELE_WITNESSES,
    unknownNames,
  }
}

function fileOf(value: string | undefined, scheme: string, fallback: string): string {
  if (value === undefined) return fallback
  const file = value.slice(scheme.length)
  return file === ':memory:' ? file : resolve(file)
}

// Names the runner and the tests use; they are no settings of the service.
const namesOfOthers = /^STELE_(TEST_|TOKEN|REGISTRY|AUTHOR|RUNNER_|BENCH_)/

function isKnownName(name: string): boolean {
  return settingsHelp.some((setting) => setting.name === name) || namesOfOthers.test(name)
}

/** Settings from this process's environment; a port of 0 becomes a free one. */
export async function environmentSettings(
  freePort: (host: string) => Promise<number>,
): Promise<Settings> {
  const settings = parseSettings(process.env)
  if (settings.port !== 0) return settings
  return parseSettings({ ...process.env, STELE_PORT: String(await freePort(settings.host)) })
}
