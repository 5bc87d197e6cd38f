/** Why an answer of a time-stamping authority cannot be used. */
export type TimeStampFault =
  'malformed' | 'not-granted' | 'no-certificate' | 'other-content' | 'other-nonce'

/** An answer that is no time stamp over what was sent; never of a depositor's making. */
export class UnusableTimeStamp extends Error {
  readonly reason: TimeStampFault
  constructor(reason: TimeStampFault, found: string, expected: string) {
    super(`found ${found}, expected ${expected}`)
    this.name = 'UnusableTimeStamp'
    this.reason = reason
  }
}
