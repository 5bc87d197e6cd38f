import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { run, runWell, type Outcome } from '../bundle/programs.ts'

/** An authority made of `openssl ts`, with a certification authority of its own. */
export interface TimeStampAuthority extends AsyncDisposable {
  /** An empty directory for the files of a test. */
  readonly directory: string
  /** What `openssl ts -reply` answers to the request. */
  answer(request: Uint8Array, section?: AuthoritySection): Promise<Buffer>
  /** What `openssl ts` prints about an answer. */
  describe(answer: Uint8Array): Promise<string>
  /** `openssl ts -verify` of the answer in one file over the bytes in the other. */
  verify(files: { readonly answer: string; readonly stamped: string }): Promise<Outcome>
}

/** One that stamps what it is asked to, and one that takes no SHA-256. */
export type AuthoritySection = 'tsa' | 'tsa_without_sha256'

export async function openTimeStampAuthority(): Promise<TimeStampAuthority> {
  const directory = await mkdtemp(path.join(tmpdir(), 'stele-tsa-'))
  const at = (name: string): string => path.join(directory, name)
  await writeFile(at('openssl.cnf'), configuration)
  await writeFile(at('serial'), '2A\n')
  await makeCertificates(directory)
  const ts = (...args: readonly string[]): Promise<Buffer> =>
    runWell(['openssl', 'ts', ...args], { cwd: directory })
  let count = 0
  return {
    directory,
    async answer(request, section = 'tsa') {
      const names = [at(`request-${(count += 1)}`), at(`answer-${count}`)] as const
      await writeFile(names[0], request)
      const files = ['-queryfile', names[0], '-out', names[1]]
      await ts('-reply', '-config', 'openssl.cnf', '-section', section, ...files)
      return readFile(names[1])
    },
    async describe(answer) {
      await writeFile(at('described'), answer)
      return (await ts('-reply', '-in', 'described', '-text')).toString()
    },
    verify: ({ answer, stamped }) =>
      run(['openssl', 'ts', '-verify', '-data', stamped, '-in', answer, '-CAfile', at('ca.pem')], {
        cwd: directory,
      }),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  }
}

/** A request that openssl makes; arguments choose what is in it. */
export async function requestOfOpenssl(...args: readonly string[]): Promise<Buffer> {
  return runWell(['openssl', 'ts', '-query', ...args])
}

async function makeCertificates(cwd: string): Promise<void> {
  const request = ['openssl', 'req', '-config', 'openssl.cnf', '-newkey', 'ec', '-nodes']
  const curve = ['-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const ca = ['-x509', '-days', '2', '-subj', '/CN=Test CA', '-extensions', 'ca']
  await runWell([...request, ...curve, ...ca, '-keyout', 'ca.key', '-out', 'ca.pem'], { cwd })
  const tsa = ['-subj', '/CN=Test TSA', '-keyout', 'tsa.key', '-out', 'tsa.csr']
  await runWell([...request, ...curve, ...tsa], { cwd })
  const signing = ['openssl', 'x509', '-req', '-in', 'tsa.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key']
  const purpose = [
    '-days',
    '1',
    '-set_serial',
    '7',
    '-extfile',
    'openssl.cnf',
    '-extensions',
    'stamps',
  ]
  await runWell([...signing, ...purpose, '-out', 'tsa.pem'], { cwd })
}

const authority = `
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
certs = ca.pem
default_policy = 1.2.3.4.1
accuracy = secs:1, millisecs:500
ordering = yes
tsa_name = yes
ess_cert_id_alg = sha256
`

const configuration = `
[req]
distinguished_name = name
prompt = no
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[stamps]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
digests = sha256, sha384, sha3-256
clock_precision_digits = 6
${authority}
[tsa_without_sha256]
digests = sha512
${authority}
`
