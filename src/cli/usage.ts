/** The command line was not understood; the message says what was expected. */
export class UsageError extends Error {}

const durationForm = /^([1-9]\d{0,3})d$/

/** @param text - for example `90d`. */
export function parseDays(text: string): number {
  const match = durationForm.exec(text)
  if (match === null) throw new UsageError(`found ${JSON.stringify(text)}, expected days, e.g. 90d`)
  return Number(match[1])
}

/** The value of an option that must be given. */
export function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new UsageError(`--${name} is missing`)
  return value
}

/** For a command that takes nothing. */
export function refuseArguments(args: readonly string[], command: string): void {
  if (args.length > 0) throw new UsageError(`${command} takes no arguments`)
}
