import { relative } from 'node:path'
import { serve, type Service } from '../service/serve.ts'
import { freePort } from '../service/server.ts'
import { environmentSettings, settingsHelp } from '../service/settings.ts'
import { stopSignal } from './stop-signal.ts'
import { refuseArguments } from './usage.ts'

/** `stele serve`: runs until SIGTERM or SIGINT, then lets requests finish. */
export async function serveCommand(args: string[]): Promise<void> {
  if (args[0] === '--help') {
    process.stdout.write(helpText())
    return
  }
  refuseArguments(args, 'stele serve')
  // From here on: a signal that comes while it starts must stop it in order, too.
  const stopped = stopSignal()
  const service = await serve(await environmentSettings(freePort))
  process.stdout.write(greeting(service))
  await stopped
  process.stdout.write('Stopping: no new requests, waiting for those under way.\n')
  await service.stop()
  process.stdout.write('Stopped.\n')
}

function greeting({ url, records, tokenFile }: Service): string {
  const token = tokenFile === undefined ? '--token-file FILE' : `--token-file ${nearby(tokenFile)}`
  const tokenLine =
    tokenFile === undefined
      ? 'Deposit token: make one with "stele token create --project P"'
      : `Deposit token: ${nearby(tokenFile)} (keep it private)`
  return `
Stele is ready at ${url}  (${records} record${records === 1 ? '' : 's'})
${tokenLine}

What to do next
  open      ${url}
  deposit   python3 runner/dist/stele.pyz deposit DIRECTORY --registry ${url} ${token}
  check     curl -fsS ${url}/readyz
  stop      Ctrl-C

`
}

function nearby(file: string): string {
  const path = relative(process.cwd(), file)
  return path.startsWith('..') ? file : path
}

function helpText(): string {
  const lines = settingsHelp.map(
    ({ name, fallback, meaning }) => `  ${name}\n      ${meaning}\n      default: ${fallback}\n`,
  )
  return `stele serve: start the service. Settings, all optional, from the environment:\n\n${lines.join('')}`
}
