import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Digest } from '../../src/record/digest.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from '../http/registry-under-test.ts'
import { requireInFull } from '../tools.ts'
import { Chromium, type Page } from './chromium.ts'
import { deposit, depositSigned } from './deposits.ts'
import { openForkOf } from './forked-registry.ts'
import { replacing } from './registry-files.ts'
import { startTamperingProxy, type TamperingProxy } from './tampering-proxy.ts'

const byOwnWord = /^Check this record\nVerified, by keys that the registry itself names\.\n/
const byMemory = /^Check this record\nVerified, by keys that this browser knew before\.\n/

describe('The page of a record in Chromium', requireInFull('chromium'), () => {
  let registry: RegistryUnderTest
  let port: number
  let proxy: TamperingProxy
  let chromium: Chromium
  let digest: Digest

  before(async () => {
    registry = await openRegistryUnderTest()
    port = await registry.listen()
    digest = await depositSigned(registry)
    chromium = await Chromium.start()
  })
  beforeEach(async () => {
    proxy = await startTamperingProxy(port)
  })
  afterEach(() => proxy[Symbol.asyncDispose]())
  after(async () => {
    await chromium[Symbol.asyncDispose]()
    await registry[Symbol.asyncDispose]()
  })

  it('checks the record when its reader asks for it', async () => {
    const reader = await chromium.newReader()
    const page = await reader.open(addressOf(digest))
    assert.equal(await page.evaluate(`${box}.innerText`), 'Check this record')
    await page.evaluate(`${box}.querySelector('button').click()`)
    const report = await reportOn(page)
    assert.match(report, byOwnWord)
    assert.match(report, /signed with EdDSA by the key/)
    assert.match(report, /signed with ES256 by the key/)
    assert.match(report, new RegExp(`${digest}, as cited`))
    assert.doesNotMatch(report, /\nbad|\nundecided/)
    assert.deepEqual(chromium.complaints, [])
  })

  it('shows the report on a narrow screen without cutting it off', async () => {
    const page = await (await chromium.newReader()).open(addressOf(digest, '#check'))
    await reportOn(page)
    await page.evaluate(`${box}.style.width = '320px'`)
    const [needed, given] = await Promise.all(
      ['scrollWidth', 'clientWidth'].map((width) => page.evaluate(`${box}.${width}`)),
    )
    assert.equal(needed, given)
  })

  it('shows each key of the log on a line of its own, as it has to be compared', async () => {
    proxy.tamper(/^\/log\/keys$/, replacing(/^(.*)\n$/, '$1\n$1 7\n'))
    const page = await (await chromium.newReader()).open(addressOf(digest, '#check'))
    assert.match(await reportOn(page), /\n(registry\.example\.org\/log\+[^ \n]{53})\n\1(\n|$)/)
  })

  it('loads no more than 155,000 bytes of scripts', async () => {
    const reader = await chromium.newReader()
    const page = await reader.open(addressOf(digest, '#check'))
    await reportOn(page)
    const byteLength = Number(await page.evaluate(lengthOfScripts))
    assert.ok(byteLength > 50_000 && byteLength <= 155_000, `${byteLength} bytes`)
  })

  it('remembers the registry, until its reader lets it forget', async () => {
    const reader = await chromium.newReader()
    await reportOn(await reader.open(addressOf(digest, '#check')))
    const next = await deposit(registry, 'The next one')
    const page = await reader.open(addressOf(next, '#check'))
    assert.match(await reportOn(page), byMemory)
    await page.evaluate(`${box}.querySelector('button:last-of-type').click()`)
    await page.evaluate(`${box}.querySelector('button').click()`)
    assert.match(await reportOn(page), byOwnWord)
  })

  it('reports also what it has no room to remember', async () => {
    const page = await (await chromium.newReader()).open(addressOf(digest, '#check'), fullStorage)
    const report = await reportOn(page)
    assert.match(report, byOwnWord)
    assert.match(report, /This browser keeps nothing of this check\./)
  })

  it('says when what it has kept is unusable, and keeps what it sees now', async () => {
    const reader = await chromium.newReader()
    const first = await reader.open(addressOf(digest, '#check'), unusableStorage)
    const report = await reportOn(first)
    assert.match(report, byOwnWord)
    assert.match(report, /What this browser had kept of an earlier check is unusable\./)
    assert.match(await reportOn(await reader.open(addressOf(digest, '#check'))), byMemory)
  })

  it('lets its reader forget what is unusable also after a bad check', async () => {
    proxy.tamper(/record\.json$/, replacing('Ada', 'Eve'))
    const reader = await chromium.newReader()
    const page = await reader.open(addressOf(digest, '#check'), unusableStorage)
    assert.match(await reportOn(page), /\nForget what this browser knows of the registry$/)
    await page.evaluate(`${box}.querySelector('button:last-of-type').click()`)
    assert.equal(await page.evaluate('localStorage.length'), '0')
  })

  it('shows what was changed on the way', async () => {
    proxy.tamper(/record\.json$/, replacing('Ada', 'Eve'))
    const page = await (await chromium.newReader()).open(addressOf(digest, '#check'))
    const report = await reportOn(page)
    assert.match(report, /^Check this record\nNot verified: something contradicts/)
    assert.match(report, /\nbad\s+It is the record of this address\n.*not the cited/)
    assert.match(report, /\nbad\s+The receipt is for this record\n/)
  })

  it('shows that the log was written anew since the last time', async () => {
    await using forked = await openForkOf(registry)
    const forkedPort = await forked.listen()
    const planted = await deposit(forked, 'Planted')
    const reader = await chromium.newReader()
    assert.match(await reportOn(await reader.open(addressOf(digest, '#check'))), byOwnWord)
    proxy.switchTo(forkedPort)
    const report = await reportOn(await reader.open(addressOf(planted, '#check')))
    assert.match(report, /^Check this record\nNot verified: something contradicts/)
    assert.match(report, /\nbad\s.*\n.*the log was rewritten/)
  })

  it('says what it cannot check without Ed25519', async () => {
    const page = await (await chromium.newReader()).open(addressOf(digest, '#check'), noEd25519)
    const report = await reportOn(page)
    assert.match(report, /^Check this record\nNot verified: not everything could be checked\.\n/)
    assert.match(
      report,
      /\nundecided\nThe registry signed a receipt\ncannot be checked in this browser/,
    )
    assert.match(report, /signed with ES256 by the key/)
    assert.doesNotMatch(report, /\nbad/)
  })

  it('says that nothing was checked when the registry does not answer', async () => {
    const page = await (await chromium.newReader()).open(addressOf(digest))
    await proxy[Symbol.asyncDispose]()
    await page.evaluate(`${box}.querySelector('button').click()`)
    assert.match(await reportOn(page), /^Check this record\nNothing was checked: /)
  })

  function addressOf(digest: Digest, part = ''): string {
    return `${proxy.url}/records/${digest}${part}`
  }
})

const box = `document.getElementById('record-check')`

/** The text that the page shows once it has checked, without empty lines. */
async function reportOn(page: Page): Promise<string> {
  const text = await page.evaluate(`new Promise((resolve) => {
    const look = () => ${box}.dataset.state === 'checked' && resolve(${box}.innerText)
    new MutationObserver(look).observe(${box}, { attributes: true })
    look()
  })`)
  return text.replaceAll(/\n+/g, '\n')
}

const lengthOfScripts = `performance.getEntriesByType('resource')
  .filter(({ name }) => name.includes('/browser/'))
  .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0)`

const unusableStorage = `
  localStorage.setItem('stele-log-1', JSON.stringify({
    origin: '', firstSeenAt: '', lastSeenAt: '', vkeys: ['no key'], receiptKeys: [], checkpoint: '',
  }))`

const fullStorage = `
  Storage.prototype.setItem = () => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
  }`

/** As in a browser from before 2025. */
const noEd25519 = `
  const importKey = crypto.subtle.importKey.bind(crypto.subtle)
  SubtleCrypto.prototype.importKey = async (format, key, algorithm, ...others) => {
    const isUnknown = algorithm === 'Ed25519' || algorithm.name === 'Ed25519'
    if (isUnknown) throw new DOMException('Unrecognized name.', 'NotSupportedError')
    return importKey(format, key, algorithm, ...others)
  }`
