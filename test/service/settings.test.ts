import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resolve } from 'node:path'
import { InvalidSettings, parseSettings, settingsHelp } from '../../src/service/settings.ts'

describe('Settings', () => {
  it('may all be left out', () => {
    assert.deepEqual(parseSettings({ PATH: '/bin' }), {
      dataDirectory: resolve('stele-data'),
      host: '127.0.0.1',
      port: 7400,
      url: 'http://127.0.0.1:7400',
      origin: undefined,
      databaseFile: resolve('stele-data/catalog.sqlite'),
      blobDirectory: resolve('stele-data/blobs'),
      depositExamples: false,
      timeStampUrls: [],
      witnesses: [],
      unknownNames: [],
    })
  })

  it('may all be given', () => {
    const settings = parseSettings({
      STELE_DATA: '/srv/stele',
      STELE_HOST: '::1',
      STELE_PORT: '80',
      STELE_URL: 'https://registry.example.org/archive/',
      STELE_ORIGIN: 'log.example.org/2026',
      STELE_DATABASE: 'sqlite:/var/catalog',
      STELE_BLOBS: 'file:/mnt/blobs',
      STELE_EXAMPLES: 'on',
      STELE_TSA_URLS: 'https://tsa.example.org/tsr, http://stamps.example.net:8080/?policy=1',
    })
    assert.deepEqual(settings, {
      dataDirectory: '/srv/stele',
      host: '::1',
      port: 80,
      url: 'https://registry.example.org/archive',
      origin: 'log.example.org/2026',
      databaseFile: '/var/catalog',
      blobDirectory: '/mnt/blobs',
      depositExamples: true,
      timeStampUrls: ['https://tsa.example.org/tsr', 'http://stamps.example.net:8080/?policy=1'],
      witnesses: [],
      unknownNames: [],
    })
  })

  it('that are empty count as left out', () => {
    const empty = Object.fromEntries(settingsHelp.map(({ name }) => [name, '']))
    assert.deepEqual(parseSettings(empty), parseSettings({}))
  })

  it('put an IPv6 address into brackets in the URL', () => {
    assert.equal(parseSettings({ STELE_HOST: '::1' }).url, 'http://[::1]:7400')
  })

  it('report all mistakes at once, each with what is expected', () => {
    const mistakes = mistakesOf({
      STELE_PORT: '65536',
      STELE_URL: 'registry.example.org',
      STELE_ORIGIN: 'https://registry.example.org/log',
      STELE_DATABASE: 'postgres://localhost/stele',
      STELE_BLOBS: 's3://bucket',
      STELE_EXAMPLES: 'yes',
    })
    assert.deepEqual(mistakes, [
      'STELE_PORT: expected a port number, 0 to 65535',
      'STELE_URL: expected an http or https URL',
      'STELE_ORIGIN: expected a host and path without scheme and spaces',
      'STELE_DATABASE: expected sqlite:FILE; PostgreSQL is not supported by this version',
      'STELE_BLOBS: expected file:DIRECTORY; S3 is not supported by this version',
      'STELE_EXAMPLES: expected on or off',
    ])
  })

  for (const port of ['-1', '80.5', '1e3', '0x50', ' ', 'http', '123456']) {
    it(`refuse the port ${JSON.stringify(port)}`, () => {
      assert.deepEqual(mistakesOf({ STELE_PORT: port }), [
        'STELE_PORT: expected a port number, 0 to 65535',
      ])
    })
  }

  for (const url of [
    'ftp://registry.example.org',
    'https://registry.example.org/?a=b',
    'https://registry.example.org/#top',
    'https://ada:secret@registry.example.org',
    'registry.example.org:80',
  ]) {
    it(`refuse the URL ${url} without repeating it`, () => {
      const [mistake = '', ...others] = mistakesOf({ STELE_URL: url })
      assert.match(mistake, /^STELE_URL: expected an? /)
      assert.doesNotMatch(mistake, /secret/)
      assert.deepEqual(others, [])
    })
  }

  for (const urls of [
    'tsa.example.org',
    'ftp://tsa.example.org',
    'https://ada:secret@tsa.example.org',
    'https://tsa.example.org/#top',
    'https://tsa.example.org,',
    'https://tsa.example.org https://stamps.example.net',
    'https://',
    'https://[::1',
  ]) {
    it(`refuse ${urls} as time-stamping authorities, without repeating it`, () => {
      assert.deepEqual(mistakesOf({ STELE_TSA_URLS: urls }), [
        'STELE_TSA_URLS: expected http or https URLs without fragment or user, separated by commas',
      ])
    })
  }

  it('name variables that look like settings and are none', () => {
    const { unknownNames } = parseSettings({ STELE_PROT: '80', STELE_TOKEN_FILE: 'x', OTHER: 'x' })
    assert.deepEqual(unknownNames, ['STELE_PROT'])
  })
})

function mistakesOf(environment: Record<string, string>): readonly string[] {
  try {
    parseSettings(environment)
  } catch (error) {
    if (error instanceof InvalidSettings) return error.mistakes
    throw error
  }
  return []
}
