/**
 * Order of paths by the bytes of their UTF-8 form. The order of JavaScript, by
 * UTF-16 code units, differs from it: there, characters outside the basic plane come
 * before U+E000 to U+FFFF.
 *
 * @param left - and `right`: text without lone surrogates.
 */
export function compareBytewise(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length)
  for (let index = 0; index < shorter; index += 1) {
    const difference = rankOf(left.charCodeAt(index)) - rankOf(right.charCodeAt(index))
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** Surrogates rank behind every other code unit. */
function rankOf(codeUnit: number): number {
  if (codeUnit < 0xd800) return codeUnit
  return codeUnit < 0xe000 ? codeUnit + 0x2000 : codeUnit - 0x800
}
