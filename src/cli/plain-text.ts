/** A line of what comes from others, which must not steer a terminal. */
export function plainText(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?')
}
