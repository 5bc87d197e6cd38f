import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseVerifierKey, signatureTypes, verifierKeyOf, type NoteVerifier } from '../log/note.ts'
import type { WebKey } from '../log/web-crypto.ts'
import { isNoSuchFile } from '../vault/file-errors.ts'
import { CannotServe } from './cannot-serve.ts'
import { makeSigningKey, readSigningKey } from './private-key-file.ts'
import { rawPublicKeyOf } from './public-key-file.ts'

export interface WitnessKey {
  readonly privateKey: WebKey
  readonly verifier: NoteVerifier
}

/**
 * The key of a witness, made on the first start. What is signed does not say by
 * whom, so a key serves one name for ever; it lies beside the private one.
 *
 * @param directory - with `witness.jwk`, `witness.vkey` and `logs/`.
 * @throws CannotServe when the key is gone, or belongs to another name.
 */
export async function openWitnessKey(directory: string, name: string): Promise<WitnessKey> {
  const [file, vkeyFile] = [join(directory, 'witness.jwk'), join(directory, 'witness.vkey')]
  const known = await readIfThere(vkeyFile)
  const held = await readSigningKey(file)
  if (held === undefined && (known !== undefined || (await hasCosigned(directory)))) {
    throw new CannotServe(
      `${file} is gone, and nobody else can sign as this witness; put it back, or begin ` +
        'another witness, with another name, in an empty directory',
    )
  }
  const { publicKey, privateKey } = held ?? (await makeSigningKey(file))
  const vkey = await verifierKeyOf(name, signatureTypes.cosignature, rawPublicKeyOf(publicKey))
  if (known !== undefined && known !== `${vkey}\n`) {
    throw new CannotServe(`the key in ${directory} is that of ${known.trim()}, and not of ${name}`)
  }
  if (known === undefined) await writeFile(vkeyFile, `${vkey}\n`, { flush: true })
  return { privateKey, verifier: await parseVerifierKey(vkey) }
}

async function hasCosigned(directory: string): Promise<boolean> {
  return (await readdir(join(directory, 'logs'))).length > 0
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isNoSuchFile(error)) return undefined
    throw error
  }
}
