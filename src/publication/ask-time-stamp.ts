import {
  parseTimeStampAnswer,
  timeStampReplyType,
  type TimeStamp,
} from '../attestation/time-stamp-answer.ts'
import {
  timeStampQueryType,
  timeStampRequestOf,
  type TimeStampQuestion,
} from '../attestation/time-stamp-request.ts'
import { readAnswer } from './read-answer.ts'

/** Most bytes of an answer; usual ones have 1 to 8 KiB. */
const answerBytes = 64 * 1024

/** A time stamp, with the whole TimeStampResp it came in. */
export interface ReceivedTimeStamp extends TimeStamp {
  readonly answer: Uint8Array
}

/**
 * Asks an authority over HTTP. Redirects are not followed: the operator named
 * who is asked.
 *
 * @throws UnusableTimeStamp, and Error when there is no answer of the expected kind.
 * @see RFC 3161, section 3.4
 */
export async function askTimeStamp(
  url: string,
  question: TimeStampQuestion,
  parts: { readonly fetch: typeof fetch; readonly signal: AbortSignal },
): Promise<ReceivedTimeStamp> {
  const response = await parts.fetch(url, {
    method: 'POST',
    headers: { 'content-type': timeStampQueryType, accept: timeStampReplyType },
    body: new Uint8Array(timeStampRequestOf(question)),
    redirect: 'manual',
    signal: parts.signal,
  })
  try {
    refuseOtherKind(response)
    const answer = await readAnswer(response, answerBytes)
    return { ...parseTimeStampAnswer(answer, question), answer }
  } finally {
    // Lets go of the connection where the answer was not read to its end.
    if (!response.bodyUsed) await response.body?.cancel()
  }
}

function refuseOtherKind({ status, headers }: Response): void {
  if (status !== 200) throw new Error(`found status ${status}, expected 200`)
  const found = headers.get('content-type') ?? 'none'
  const [mediaType = ''] = found.split(';')
  if (mediaType.trim().toLowerCase() !== timeStampReplyType) {
    throw new Error(`found content type ${found}, expected ${timeStampReplyType}`)
  }
}
