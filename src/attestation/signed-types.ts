/** What a signature is for: the `typ` of its header, so that none passes as one of another kind. */
export const receiptType = 'stele-receipt+jws'
export const eventReceiptType = 'stele-event-receipt+jws'
export const depositorSignatureType = 'stele-deposit+jws'
