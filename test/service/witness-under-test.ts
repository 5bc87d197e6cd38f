import { pino } from 'pino'
import { nameOfLog } from '../../src/service/witness-state.ts'
import { startWitness, type WitnessOptions } from '../../src/service/witness-service.ts'
import { logVerifier, origin } from '../log/signing-keys.ts'

export const witnessName = 'witness.example.org/w1'

/** A witness of the log of the vectors, spoken to over HTTP. */
export interface WitnessUnderTest extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly vkey: string
  addCheckpoint(body: string | Uint8Array): Promise<Answer>
  /** What a monitor is given. */
  lastCheckpoint(): Promise<Answer>
  /** Everything that was logged, one JSON text a line. */
  log(): string
}

export interface Answer {
  readonly status: number
  readonly type: string | null
  readonly text: string
}

export async function startWitnessUnderTest(
  directory: string,
  options: Partial<WitnessOptions> = {},
): Promise<WitnessUnderTest> {
  const lines: string[] = []
  const running = await startWitness({
    directory,
    name: witnessName,
    host: '127.0.0.1',
    port: 0,
    logs: [{ origin, verifiers: [logVerifier], url: undefined }],
    log: pino({}, { write: (line: string) => void lines.push(line) }),
    ...options,
  })
  const { port, vkey } = running
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    port,
    vkey,
    addCheckpoint: async (body) =>
      answerOf(await fetch(`${url}/add-checkpoint`, { method: 'POST', body: Buffer.from(body) })),
    lastCheckpoint: async () => answerOf(await fetch(`${url}/${nameOfLog(origin)}/checkpoint`)),
    log: () => lines.join(''),
    [Symbol.asyncDispose]: () => running.stop(),
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response
  return { status, type: headers.get('content-type'), text: await response.text() }
}
