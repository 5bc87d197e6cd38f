/** SQLite allows 32,766 parameters a statement; rows are inserted in groups well below. */
const rowsPerStatement = 1000

export function* inGroups<T>(list: readonly T[]): Iterable<T[]> {
  for (let at = 0; at < list.length; at += rowsPerStatement) {
    yield list.slice(at, at + rowsPerStatement)
  }
}
