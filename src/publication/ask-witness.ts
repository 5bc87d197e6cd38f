import { findWitnessSize } from '../log/witness-request.ts'
import { quoted } from '../record/refusal.ts'
import { readAnswer } from './read-answer.ts'

/** Most bytes of an answer; a line has some 200. */
const answerBytes = 64 * 1024

export type WitnessAnswer =
  /** Signature lines; nothing of them is verified. */
  | { readonly kind: 'lines'; readonly text: string }
  /** The witness cosigned last at this size, and wants the proof from there. */
  | { readonly kind: 'other-size'; readonly size: number }
  /** The proof does not lead from what the witness has to the checkpoint. */
  | { readonly kind: 'inconsistent' }

/**
 * Sends a request `add-checkpoint`. Redirects are not followed: the operator named
 * who is asked.
 *
 * @param url - the witness's submission prefix, without a slash at the end.
 * @throws Error when the answer is of no kind that a witness gives to a good request.
 * @see C2SP tlog-witness, "add-checkpoint"
 */
export async function askWitness(
  url: string,
  body: string,
  parts: { readonly fetch: typeof fetch; readonly signal: AbortSignal },
): Promise<WitnessAnswer> {
  const response = await parts.fetch(`${url}/add-checkpoint`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body,
    redirect: 'manual',
    signal: parts.signal,
  })
  const text = new TextDecoder().decode(await readAnswer(response, answerBytes))
  if (response.status === 200) return { kind: 'lines', text }
  if (response.status === 422) return { kind: 'inconsistent' }
  const size = response.status === 409 ? sizeIn(response, text) : undefined
  if (size !== undefined) return { kind: 'other-size', size }
  throw new Error(`found status ${response.status} (${quoted(text.trim())}), expected 200`)
}

// With its own type: any server may answer 409, and not mean the size of a log.
function sizeIn({ headers }: Response, text: string): number | undefined {
  const [mediaType = ''] = (headers.get('content-type') ?? '').split(';')
  if (mediaType.trim().toLowerCase() !== 'text/x.tlog.size') return undefined
  return findWitnessSize(text)
}
