import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidSettings, parseSettings } from '../../src/service/settings.ts'
import { vectors } from '../log/vectors.ts'

const { vkey, name } = vectors.witness
const url = 'https://witness.example.org/w1'
const pair = `${vkey}=${url}`

describe('The list of witnesses', () => {
  it('names each with its key and the prefix of its address', () => {
    assert.deepEqual(witnessesIn(` ${pair}/ `), [{ name, vkey, url }])
  })

  const bad: Readonly<Record<string, readonly [string, string]>> = {
    'no pair': ['https://witness.example.org', 'VKEY=URL, found "https://witness.example.org"'],
    'no address': [`${vkey}=`, `an http or https URL without query, fragment or user for ${name}`],
    'an address with a query': [
      `${pair}?key=1`,
      `an http or https URL without query, fragment or user for ${name}`,
    ],
    'an address of another kind': [
      `${vkey}=ftp://witness.example.org`,
      `an http or https URL without query, fragment or user for ${name}`,
    ],
    'a key that lacks its end': [
      `${vkey.slice(0, -4)}=${url}`,
      `a verifier key NAME+HASH+KEY, found ${JSON.stringify(vkey.slice(0, -4))}`,
    ],
    'the key of a log': [
      `${vectors.key.vkey}=${url}`,
      `a witness's key (type 4), found type 1 in ${vectors.key.vkey}`,
    ],
    'a key under another name': [`other${pair}`, `the key id 36bb711a in other${vkey}`],
    'one witness twice': [`${pair},${pair}2`, `a name and key of its own for ${name}`],
  }

  for (const [what, [list, expected]] of Object.entries(bad)) {
    it(`is refused with ${what}`, () => {
      assert.deepEqual(mistakesIn(list), [`STELE_WITNESSES: expected ${expected}`])
    })
  }

  it('is refused with all its mistakes, and those of other settings', () => {
    assert.deepEqual(mistakesIn('one,two', { STELE_PORT: 'http' }), [
      'STELE_PORT: expected a port number, 0 to 65535',
      'STELE_WITNESSES: expected VKEY=URL, found "one"',
      'STELE_WITNESSES: expected VKEY=URL, found "two"',
    ])
  })

  it('is refused when a checkpoint could get more lines than readers take', () => {
    const many = Array.from({ length: 15 }, () => 'one').join(',')
    assert.equal(mistakesIn(many).at(-1), 'STELE_WITNESSES: expected at most 14 witnesses')
  })
})

function witnessesIn(list: string) {
  return parseSettings({ STELE_WITNESSES: list }).witnesses
}

function mistakesIn(list: string, others: Readonly<Record<string, string>> = {}) {
  try {
    return parseSettings({ ...others, STELE_WITNESSES: list }).witnesses
  } catch (error) {
    assert.ok(error instanceof InvalidSettings)
    return error.mistakes
  }
}
