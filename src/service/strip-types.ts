/** The thread that makes JavaScript of TypeScript; see `browser-scripts.ts`. */
import { stripTypeScriptTypes } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

const texts: ReadonlyMap<string, string> = workerData

const stripped = new Map([...texts].map(([name, text]) => [name, javaScriptOf(text)]))
parentPort?.postMessage(stripped, [])

/** Without documentation and the blanks that types leave behind: both would be downloaded each time. */
function javaScriptOf(text: string): string {
  return stripTypeScriptTypes(text)
    .replaceAll(/^[ \t]*\/\*\*[^]*?\*\/$/gm, '')
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n{2,}/g, '\n')
}
