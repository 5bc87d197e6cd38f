const outsideTheBasicPlane = /[\ud800-\udfff]/

/**
 * The same things in the order of their paths' bytes in UTF-8. The order of
 * JavaScript, by UTF-16 code units, differs from it: there, characters outside the
 * basic plane come before U+E000 to U+FFFF.
 */
export function sortedByPath<T extends { readonly path: string }>(things: readonly T[]): T[] {
  // Comparing strings as a whole is ten times faster, and right for almost every bundle.
  return things.some(({ path }) => outsideTheBasicPlane.test(path))
    ? things.toSorted((left, right) => compareBytewise(left.path, right.path))
    : things.toSorted((left, right) => compareCodeUnits(left.path, right.path))
}

function compareCodeUnits(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

function compareBytewise(left: string, right: string): number {
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
