/**
 * Places of files that can stand side by side on every file system: none twice,
 * none that differs from another by case only, none that is a directory of another.
 */
export class Places {
  readonly #files = new Set<string>()
  readonly #directories = new Set<string>()

  /** Whether the place was free; it is taken from now on. */
  take(path: string): boolean {
    const folded = path.normalize('NFC').toLowerCase()
    if (this.#files.has(folded) || this.#directories.has(folded)) return false
    const directories = this.#newDirectoriesOf(folded)
    if (directories.some((directory) => this.#files.has(directory))) return false
    this.#files.add(folded)
    for (const directory of directories) this.#directories.add(directory)
    return true
  }

  /** From the deepest up to the first that is known; those above it are known too. */
  #newDirectoriesOf(path: string): string[] {
    const directories: string[] = []
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const directory = path.slice(0, at)
      if (this.#directories.has(directory)) break
      directories.push(directory)
    }
    return directories
  }
}
