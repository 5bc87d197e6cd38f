// The thumbprint of every 64th key begins with a hyphen, and is no option.
const thumbprintForm = /^[A-Za-z0-9_-]{43}$/

/** A thumbprint that comes first, and the arguments behind it. */
export function splitKid(args: readonly string[]): { kid: string | undefined; rest: string[] } {
  const [first = '', ...rest] = args
  return thumbprintForm.test(first) ? { kid: first, rest } : { kid: undefined, rest: [...args] }
}
