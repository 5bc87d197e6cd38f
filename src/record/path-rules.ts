import { limits } from './limits.ts'

const forbiddenCharacters = /[\u0000-\u001f\u007f%\\]/
const edgeSpaceOrDot = /[ .]$/
const leadingDashOrTilde = /^[-~]/

/**
 * Why a path may not stand in a record, or `undefined` when it may. The rules
 * make one list of files readable alike by `sha256sum -c`, BagIt (RFC 8493), tar
 * and case-insensitive file systems.
 */
export function pathFault(path: string): string | undefined {
  if (path === '') return 'an empty path'
  if (path.startsWith('/')) return 'an absolute path'
  if (path !== path.normalize('NFC')) return 'a path that is not in Unicode form NFC'
  if (forbiddenCharacters.test(path)) return 'a control character, % or backslash'
  if (isLonger(path, limits.pathBytes)) {
    return `more than ${limits.pathBytes} bytes`
  }
  for (const component of path.split('/')) {
    const fault = componentFault(component)
    if (fault !== undefined) return fault
  }
  return undefined
}

function componentFault(component: string): string | undefined {
  if (component === '') return 'an empty component'
  if (component === '.' || component === '..') return `the component ${component}`
  if (leadingDashOrTilde.test(component)) return 'a component that starts with - or ~'
  if (edgeSpaceOrDot.test(component)) return 'a component that ends with a space or a dot'
  if (isLonger(component, limits.pathComponentBytes)) {
    return `a component of more than ${limits.pathComponentBytes} bytes`
  }
  return undefined
}

/** A UTF-16 code unit takes at most three bytes of UTF-8: short texts need no encoding. */
function isLonger(text: string, maxBytes: number): boolean {
  return text.length * 3 > maxBytes && new TextEncoder().encode(text).length > maxBytes
}

/**
 * Paths that would fall on one file where case does not count, or that name a
 * file and a directory at once.
 *
 * @returns index into `paths` of each path that collides with an earlier one.
 */
export function collidingPaths(paths: readonly string[]): number[] {
  const files = new Set<string>()
  const directories = new Set<string>()
  const colliding: number[] = []
  paths.forEach((path, index) => {
    const folded = path.normalize('NFC').toLowerCase()
    const parents = parentsOf(folded)
    if (files.has(folded) || directories.has(folded) || parents.some((p) => files.has(p))) {
      colliding.push(index)
    }
    files.add(folded)
    for (const parent of parents) directories.add(parent)
  })
  return colliding
}

function parentsOf(path: string): string[] {
  const components = path.split('/')
  return components.slice(1).map((_, count) => components.slice(0, count + 1).join('/'))
}
