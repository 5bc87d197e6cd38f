import type { Request } from 'express'
import { Withdrawn } from '../archive/refusals.ts'
import type { Retrieval } from '../archive/retrieve.ts'
import { isPageWanted } from './negotiate.ts'
import type { RecordPages } from './record-pages.ts'
import type { Answer } from './route.ts'

type Entry = Awaited<ReturnType<Retrieval['findRecord']>>

/**
 * What is answered instead of anything made of a record that was withdrawn: a
 * browser is shown the tombstone, others are refused.
 *
 * @throws Withdrawn
 */
export async function withdrawnAnswer(
  entry: Entry,
  request: Request,
  { retrieval, pages }: { readonly retrieval: Retrieval; readonly pages: RecordPages },
): Promise<Answer | undefined> {
  const withdrawal = await retrieval.findWithdrawal(entry.digest)
  if (withdrawal === undefined) return undefined
  const { digest: event, acceptedAt: withdrawnAt } = withdrawal
  const { reason } = withdrawal.event.value
  if (!isPageWanted(request)) throw new Withdrawn(entry.digest, { event, withdrawnAt, reason })
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    vary: 'accept',
  }
  return { status: 410, headers, body: await pages.tombstone(entry, withdrawal) }
}
