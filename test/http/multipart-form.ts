export const boundary = 'boundary-of-a-test'
export const formType = `multipart/form-data; boundary=${boundary}`

export interface Part {
  readonly name: string
  readonly body: string | Uint8Array
  /** `undefined` makes a plain field of it. */
  readonly fileName?: string | undefined
}

/** A file part of that name. */
export function filePart(name: string, body: string | Uint8Array): Part {
  return { name, body, fileName: 'file' }
}

/** A whole form. */
export function formOf(...parts: readonly Part[]): Buffer {
  return Buffer.concat([openForm(...parts), Buffer.from(`\r\n--${boundary}--\r\n`)])
}

/** The same without its end: the last part may go on. */
export function openForm(...parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.flatMap(({ name, body, fileName }, index) => [
      Buffer.from(`${index === 0 ? '' : '\r\n'}--${boundary}\r\n`),
      Buffer.from(`content-disposition: form-data; name="${name}"`),
      Buffer.from(fileName === undefined ? '' : `; filename="${fileName}"`),
      Buffer.from('\r\n\r\n'),
      Buffer.from(body),
    ]),
  )
}
