import type { Request } from 'express'

/** Whether whoever asks would rather be told by a page than by a problem document. */
export function isPageWanted(request: Request): boolean {
  const offered = ['application/problem+json', 'application/json', 'text/html']
  return request.accepts(offered) === 'text/html'
}

/**
 * The first of `offered` that the client likes best, or `undefined` when it takes
 * none of them. A client that does not care gets the first.
 *
 * @param accept - value of the `Accept` field.
 * @param offered - media types, in our order of preference.
 * @see RFC 9110, section 12.5.1
 */
export function preferredType(
  accept: string | undefined,
  offered: readonly string[],
): string | undefined {
  const ranges = parseAccept(accept ?? '*/*')
  let best: { type: string; quality: number } | undefined
  for (const type of offered) {
    const quality = qualityOf(type, ranges)
    if (quality > 0 && (best === undefined || quality > best.quality)) best = { type, quality }
  }
  return best?.type
}

interface MediaRange {
  readonly type: string
  readonly quality: number
}

function parseAccept(accept: string): MediaRange[] {
  return accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    const quality = weight === undefined ? 1 : Number(weight.slice(2))
    return { type, quality: Number.isFinite(quality) ? quality : 0 }
  })
}

/** The most specific range that fits decides. */
function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  const family = `${type.split('/')[0]}/*`
  for (const wanted of [type, family, '*/*']) {
    const range = ranges.find((candidate) => candidate.type === wanted)
    if (range !== undefined) return range.quality
  }
  return 0
}
