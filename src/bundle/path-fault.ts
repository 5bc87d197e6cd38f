import { pathFault } from '../record/path-rules.ts'

/**
 * Why a path may not stand in a bundle, or `undefined` when it may: the rules for
 * paths in a record, but for the length. A record's longest path becomes longer
 * when it stands behind `data/inputs/`.
 */
export function pathFaultInBundle(path: string): string | undefined {
  if (path.startsWith('/')) return 'an absolute path'
  for (const component of path.split('/')) {
    const fault = component === '' ? 'a path with an empty component' : pathFault(component)
    if (fault !== undefined) return fault
  }
  return undefined
}
