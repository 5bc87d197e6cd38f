import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidRecord } from '../../src/record/finding.ts'
import { checkRecord } from '../../src/record/findings.ts'
import { privateValuesIn } from '../../src/record/privacy.ts'
import { minimalRun } from '../record-fixtures.ts'

const letters = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789'
const jwt = `eyJ${letters}.eyJ${letters}.${letters}`

/** Rules that refuse a text. */
function rulesFor(text: string): string[] {
  return privateValuesIn({ text }).map((finding) => finding.rule)
}

describe('a record is refused for', () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ['an e-mail address', 'ada@example.org', 'e-mail-address'],
    ['an address in a sentence', 'Ask <ada.lovelace+hpc@mail.example.org>.', 'e-mail-address'],
    ['an address before a colon', 'ada@example.org: see there', 'e-mail-address'],
    ['the login of a person on a machine', 'ada@login.example.org:/home', 'e-mail-address'],
    ['an address with letters of any script', 'j\u00f6rg@example.org', 'e-mail-address'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIGH', 'private-key'],
    ['an RSA key', '-----BEGIN RSA PRIVATE KEY-----', 'private-key'],
    ['a key of OpenSSH', '-----BEGIN OPENSSH PRIVATE KEY-----', 'private-key'],
    ['a key of GnuPG', '-----BEGIN PGP PRIVATE KEY BLOCK-----', 'private-key'],
    ['a JSON Web Token', `SLURM_JWT=${jwt}`, 'json-web-token'],
    ['an AWS access key', 'AKIAIOSFODNN7EXAMPLE', 'aws-access-key'],
    ['a temporary AWS access key', 'key=ASIAIOSFODNN7EXAMPLE;', 'aws-access-key'],
    ['a GitHub token', `ghp_${letters}`, 'service-token'],
    ['a fine-grained GitHub token', `github_pat_${letters}`, 'service-token'],
    ['a GitLab token', `glpat-${letters}`, 'service-token'],
    ['a Hugging Face token', `hf_${letters}`, 'service-token'],
    ['a Slack token', `xoxb-${letters}`, 'service-token'],
    ['a deposit token of a registry', `stele_${letters}${letters}`, 'deposit-token'],
    ['a password in a URL', 'https://ada:secret@example.org/x.git', 'url-with-password'],
    ['a password without a user', 'redis://:secret@example.org', 'url-with-password'],
    ['a password in a URL in a text', 'from HTTPS://a:b@example.org.', 'url-with-password'],
    ['a basic authorization', 'Authorization: Basic QWRhOnNlY3JldA==', 'basic-authorization'],
    ['a bearer authorization', 'authorization:bearer 0123456789', 'basic-authorization'],
  ]
  for (const [what, text, rule] of refused) {
    it(what, () => {
      assert.ok(rulesFor(text).includes(rule), rulesFor(text).join())
    })
  }
})

describe('a record may hold', () => {
  const allowed: readonly (readonly [string, string])[] = [
    ['the remote of a Git repository', 'git@code.example.org:group/solver.git'],
    ['a Spack spec', 'hdf5@1.14.3%gcc@13.2.0 +mpi ^openmpi@4.1.6'],
    ['a Spack spec of a branch', 'hypre@develop'],
    ['an image with its digest', `registry.example.org/app@sha256:${'0'.repeat(64)}`],
    ['a URL with a port', 'https://example.org:8443/a@b'],
    ['the name of a variable', 'GITHUB_TOKEN, ghp_ and glpat- are never captured'],
    ['a public key', '-----BEGIN PUBLIC KEY-----\nMFkw'],
    ['the word authorization', 'authorization: none'],
    ['a digest', `sha256:${'ab'.repeat(32)}`],
  ]
  for (const [what, text] of allowed) {
    it(what, () => {
      assert.deepEqual(rulesFor(text), [])
    })
  }
})

describe('a private value', () => {
  it('is found at its place, and in several places', () => {
    const findings = privateValuesIn({ a: [{ b: 'x' }, { 'c/d': 'ada@example.org' }], e: jwt })
    assert.deepEqual(
      findings.map(({ pointer, rule }) => [pointer, rule]),
      [
        ['/a/1/c~1d', 'e-mail-address'],
        ['/e', 'json-web-token'],
      ],
    )
  })

  it('is found in the name of a member, at the object that has it', () => {
    const findings = privateValuesIn({ env: { 'ada@example.org': { deeper: 'bo@example.org' } } })
    assert.deepEqual(
      findings.map(({ pointer, rule }) => [pointer, rule]),
      [['/env', 'e-mail-address']],
    )
  })

  it('is refused before the shape of the record is looked at', () => {
    const document = minimalRun({ contact: 'ada@example.org', title: 5 })
    assert.throws(
      () => checkRecord(document),
      (error) =>
        error instanceof InvalidRecord &&
        error.findings.every((finding) => finding.rule === 'e-mail-address'),
    )
  })

  for (const place of ['value', 'name'] as const) {
    it(`that is a ${place} appears nowhere in the refusal`, () => {
      const secret = 'ada.lovelace@example.org'
      const environment = place === 'value' ? { MAIL: secret } : { [secret]: 'x' }
      const document = minimalRun({ run: { stages: [], machine: { environment } } })
      assert.throws(
        () => checkRecord(document),
        (error) => {
          assert.ok(error instanceof InvalidRecord)
          assert.ok(!JSON.stringify([error.findings, error.message, error]).includes('lovelace'))
          return true
        },
      )
    })
  }

  // Patterns that start over at every character of such texts would take hours.
  const long: readonly (readonly [string, string])[] = [
    ['beginnings of URLs', 'a.'],
    ['beginnings of tokens', 'eyJaaaaaaaa-'],
    ['beginnings of addresses', 'a@a.'],
    ['beginnings of keys', '-----BEGIN PRIVATE '],
    ['beginnings of authorizations', 'authorization: '],
    ['beginnings of passwords', 'a://a:'],
  ]
  for (const [what, part] of long) {
    it(`is looked for in a text of many ${what}`, () => {
      assert.deepEqual(rulesFor(part.repeat(2_000_000 / part.length)), [])
    })
  }
})
