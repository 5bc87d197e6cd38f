import request from 'supertest'
import type { FetchFile } from '../../src/browser/fetch-file.ts'
import { receiveBytes } from '../http/received-answer.ts'
import type { RegistryUnderTest } from '../http/registry-under-test.ts'

/** What somebody between a registry and its reader makes of a file; `undefined` takes it away. */
export type Tampering = (bytes: Uint8Array) => Uint8Array | undefined

/** The files of a registry as a browser fetches them, those of one path changed on the way. */
export function filesOf(
  { app }: Pick<RegistryUnderTest, 'app'>,
  [path, change]: readonly [path: RegExp, change: Tampering] = [/^$/, takenAway],
): FetchFile {
  return async (asked) => {
    const answer = await request(app).get(asked).buffer(true).parse(receiveBytes)
    if (answer.status === 404 || answer.status === 410) return undefined
    const bytes = new Uint8Array(answer.body)
    return path.test(asked) ? change(bytes) : bytes
  }
}

/** Changes a file, read as Latin-1; a pattern that is not there would change nothing. */
export function replacing(what: string | RegExp, by: string): Tampering {
  return (bytes) => {
    const text = Buffer.from(bytes).toString('latin1')
    const changed = text.replace(what, by)
    if (changed === text) throw new Error(`found no ${what} in ${text}`)
    return new Uint8Array(Buffer.from(changed, 'latin1'))
  }
}

export function takenAway(): undefined {
  return undefined
}
