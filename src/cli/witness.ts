import { parseArgs } from 'node:util'
import { parseVerifierKey } from '../log/note.ts'
import type { FollowedLog } from '../service/cosigning.ts'
import { faultOfVerifierKey } from '../service/witness-list.ts'
import { startWitness } from '../service/witness-service.ts'
import { stopSignal } from './stop-signal.ts'
import { required, UsageError } from './usage.ts'

/** `stele witness`: cosigns checkpoints of logs until SIGTERM or SIGINT. */
export async function witnessCommand(args: string[]): Promise<void> {
  const { values } = parseOptions(args)
  const options = {
    directory: required(values.data, 'data'),
    name: parseName(required(values.name, 'name')),
    ...parseAddress(required(values.listen, 'listen')),
    logs: await parseLogs(values.log ?? []),
  }
  const stopped = stopSignal()
  const witness = await startWitness(options)
  const url = `http://${hostInUrl(options.host)}:${witness.port}`
  process.stdout.write(greeting(options.name, url, witness.vkey))
  await stopped
  await witness.stop()
  process.stdout.write('Stopped.\n')
}

function parseOptions(args: string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args,
      options: { data: text, listen: text, name: text, log: { ...text, multiple: true } },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

// Narrower than a key's name may be, so that it can stand in settings and policies.
const nameForm = /^[A-Za-z0-9][A-Za-z0-9./:_-]*$/

function parseName(name: string): string {
  if (nameForm.test(name) && name !== 'none') return name
  const expected = 'a name such as witness.example.org/w1'
  throw new UsageError(`found --name ${JSON.stringify(name)}, expected ${expected}`)
}

function parseAddress(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^(\[[0-9a-f:.]+\]|[^:\s]+):(\d{1,5})$/i.exec(text) ?? []
  if (host !== '' && Number(port) <= 65_535) {
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
  }
  throw new UsageError(`found --listen ${JSON.stringify(text)}, expected HOST:PORT`)
}

/** @throws UsageError naming every mistake. */
async function parseLogs(words: readonly string[]): Promise<FollowedLog[]> {
  if (words.length === 0) throw new UsageError('--log is missing; at least one log is followed')
  const pairs = [...new Set(words)].map(parseLog)
  const mistakes = pairs.flatMap(({ vkey }) => faultOfVerifierKey(vkey, 'log') ?? [])
  if (mistakes.length > 0) throw new UsageError(`--log: expected ${mistakes.join('\n       ')}`)
  const keys = await Promise.all(
    pairs.map(async ({ vkey, url }) => ({ verifier: await parseVerifierKey(vkey), url })),
  )
  const origins = new Set(keys.map(({ verifier }) => verifier.name))
  return [...origins].map((origin) => {
    const own = keys.filter(({ verifier }) => verifier.name === origin)
    const verifiers = new Map(own.map(({ verifier }) => [verifier.vkey, verifier]))
    const url = own.find((key) => key.url !== undefined)?.url
    return { origin, verifiers: [...verifiers.values()], url }
  })
}

// A key has no "=" behind its name: 33 bytes fill 44 digits of base64.
function parseLog(word: string): { vkey: string; url: string | undefined } {
  const [, vkey = word, url] = /^([^+]+\+[^=]*)=(.*)$/.exec(word) ?? []
  return { vkey, url }
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function greeting(name: string, url: string, vkey: string): string {
  return `
The witness ${name} is ready at ${url}
Verifier key: ${vkey}

What to do next
  a registry that it follows   STELE_WITNESSES='${vkey}=${url}' npm start
  stop                         Ctrl-C

`
}
