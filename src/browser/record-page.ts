import type { CheckReport } from './check-record.ts'

/** The script of a record's page. What it takes to check is loaded when somebody checks. */
const box = document.getElementById('record-check')
if (box !== null) start(box)

function start(box: HTMLElement): void {
  if (globalThis.crypto?.subtle === undefined) {
    box.replaceChildren(paragraph('This browser gives cryptography to pages from https alone.'))
    return
  }
  const button = buttonOf('Check this record', () => void check(box, button))
  box.replaceChildren(button)
  if (location.hash === '#check') void check(box, button)
}

async function check(box: HTMLElement, button: HTMLButtonElement): Promise<void> {
  button.disabled = true
  box.dataset['state'] = 'checking'
  box.replaceChildren(button, paragraph('Fetching the record, its receipt and the log …'))
  try {
    await showReport(box, button)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    box.replaceChildren(button, conclusion('Nothing was checked: ' + why, 'unknown'))
  }
  button.disabled = false
  box.dataset['state'] = 'checked'
}

async function showReport(box: HTMLElement, button: HTMLButtonElement): Promise<void> {
  const { checkRecord } = await import('./check-record.ts')
  const { fetchFile } = await import('./fetch-file.ts')
  const { LogMemory } = await import('./remembered-log.ts')
  const { parseDigest } = await import('../record/digest.ts')
  // What is cited is the address that the reader followed, and nothing that the page says.
  const [, , cited = ''] = decodeURIComponent(location.pathname).split('/')
  const storage = orUndefined(() => localStorage)
  const memory = storage && new LogMemory(storage)
  const known = await memory?.find()
  const wasUnusable = known === undefined && memory?.isEmpty() === false
  const report = await checkRecord(parseDigest(cited), { fetchFile, known, now: new Date() })
  const { next } = report
  if (next !== undefined) orUndefined(() => memory?.keep(next))
  const forget = buttonOf('Forget what this browser knows of the registry', () => {
    memory?.forget()
    forget.replaceWith(paragraph('Forgotten: the next check is the first one.'))
  })
  forget.className = 'quiet'
  const isKept = (await memory?.find()) !== undefined
  const pinned = { cited, isKept, wasUnusable, knownSince: known?.firstSeenAt }
  const elements = await reportOf(report, pinned)
  box.replaceChildren(button, ...elements, ...(memory?.isEmpty() === false ? [forget] : []))
}

/** Readers can forbid pages to keep anything, and a storage can be full. */
function orUndefined<Value>(use: () => Value): Value | undefined {
  try {
    return use()
  } catch (error) {
    if (error instanceof DOMException) return undefined
    throw error
  }
}

/** What does not rest on the registry's word of today. */
interface Pinned {
  readonly cited: string
  /** When this browser saw the keys first. */
  readonly knownSince: string | undefined
  /** Whether it had kept something of an earlier check that says nothing. */
  readonly wasUnusable: boolean
  /** Whether it knows them the next time. */
  readonly isKept: boolean
}

async function reportOf({ findings, vkeys }: CheckReport, pinned: Pinned): Promise<HTMLElement[]> {
  const { checkInWords, conclusionOf, linesOf, outcomeInWords } = await import('./words.ts')
  const list = document.createElement('ul')
  list.className = 'findings'
  for (const { check, outcome, detail } of linesOf(findings)) {
    const item = document.createElement('li')
    const what = checkInWords[check] ?? check
    item.append(element('span', outcomeInWords[outcome], `badge ${outcome}`), ' ', what)
    item.append(element('small', detail, 'line'))
    list.append(item)
  }
  const { text, outcome } = conclusionOf(findings)
  return [conclusion(text, outcome), list, paragraph(inWords(pinned)), ...vkeys.map(lineOfKey)]
}

function lineOfKey(vkey: string): HTMLElement {
  const line = paragraph('')
  line.append(element('code', vkey, 'whole'))
  return line
}

function inWords({ cited, knownSince, isKept, wasUnusable }: Pinned): string {
  const digest = `Pinned: the digest in the address of this page, ${cited}`
  if (knownSince !== undefined) {
    return `${digest}, and the keys of the registry that this browser has known since ${knownSince}:`
  }
  const later = !isKept
    ? 'This browser keeps nothing of this check. Key of the log:'
    : 'This browser remembers its keys and the head of its log, and will hold the registry to ' +
      'them from now on. Compare the key of the log with a copy from somewhere else:'
  const lost = wasUnusable ? ' What this browser had kept of an earlier check is unusable.' : ''
  return `${digest}.${lost} The keys are those that the registry shows today. ${later}`
}

function conclusion(text: string, outcome: string): HTMLElement {
  const shown = element('p', text, `conclusion ${outcome}`)
  shown.setAttribute('role', 'status')
  return shown
}

function buttonOf(text: string, onClick: () => void): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = text
  button.addEventListener('click', onClick)
  return button
}

function paragraph(text: string): HTMLElement {
  return element('p', text, 'note')
}

function element(
  name: 'p' | 'span' | 'small' | 'code',
  text: string,
  className: string,
): HTMLElement {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}
