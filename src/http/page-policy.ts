/** What a page may load: its style sheet and pictures, from here alone. */
const withoutScripts =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'"

/** The pages, but for one, run nothing in the browser of a reader. */
export const pagePolicy = { 'content-security-policy': withoutScripts }

/** The page of a record can check it: it runs scripts from here, which read files from here. */
export const recordPagePolicy = {
  'content-security-policy': `${withoutScripts}; script-src 'self'; connect-src 'self'`,
}
