/** Frees the memory of bytes that nobody needs any more, unless other bytes share it. */
export function releasePiece({ buffer, byteLength }: Uint8Array): void {
  // Moving the memory into a buffer without a byte frees it at once.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
