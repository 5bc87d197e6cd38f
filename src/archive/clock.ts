/** The time, as an argument of the use cases that need it. */
export type Clock = () => Date

/** RFC 3339 in UTC, whole seconds. */
export function secondsText(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}
