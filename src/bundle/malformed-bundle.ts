import { Refusal } from '../record/refusal.ts'

/** Not a bundle that can be read with certainty, or one that is not safe to unpack. */
export class MalformedBundle extends Refusal {
  override readonly code = 'malformed-bundle'
}
