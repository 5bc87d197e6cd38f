import type { Digest } from '../record/digest.ts'
import { declaredGapsOf } from '../record/gaps.ts'
import type { Expectation } from '../record/expectation.ts'
import type { Plan, PlanStage } from '../record/plan.ts'
import type { RunStage } from '../record/run.ts'
import type { Author, RecordKind, WorkflowRecord } from '../record/workflow-record.ts'
import { markdownCode, markdownParagraphs, markdownText } from './markdown.ts'

const commandCharacters = 200

const whatItIs: Readonly<Record<RecordKind, string>> = {
  run: 'This is the record of a workflow that was run: what was done, where, and what came out.',
  plan: 'This is the record of a workflow without a run: what to do, but no results.',
  collection: 'This is a record that names a set of other records.',
}

/**
 * `data/README.md` of bundle format 1, for people. It says nothing that is not in
 * the record, and every version of the program must make the same bytes of it.
 */
export function readMeOf(record: WorkflowRecord, digest: Digest): string {
  const sections = [
    `# ${markdownText(record.title)}`,
    whatItIs[record.kind],
    factsOf(record, digest).join('\n'),
    markdownParagraphs(record.summary ?? ''),
    howToCheck(digest),
    whoVouches,
    ...(record.kind === 'collection'
      ? [`## Records in the set\n\n${record.members.map((m) => `- ${markdownCode(m)}`).join('\n')}`]
      : [howToReplay, whereThingsAre, stagesOf(record), expectationsOf(record.plan)]),
    gapsOf(record),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

function factsOf(record: WorkflowRecord, digest: Digest): string[] {
  const { project, application, license, keywords } = record
  return [
    `- Record: ${markdownCode(digest)}`,
    `- Authors: ${record.authors.map(authorInWords).join('; ')}`,
    `- Project: ${markdownText(project.name)}${project.url === undefined ? '' : `, ${markdownCode(project.url)}`}`,
    ...(application === undefined
      ? []
      : [
          `- Application: ${markdownText(`${application.name} ${application.version ?? ''}`.trim())}`,
        ]),
    `- Made: ${record.createdAt}`,
    ...(license === undefined ? [] : [`- License: ${markdownText(license)}`]),
    ...(keywords === undefined || keywords.length === 0
      ? []
      : [`- Keywords: ${keywords.map(markdownText).join(', ')}`]),
  ]
}

function authorInWords({ name, orcid, affiliation }: Author): string {
  return [
    markdownText(name),
    ...(affiliation === undefined ? [] : [markdownText(affiliation.name)]),
    ...(orcid === undefined ? [] : [`ORCID ${orcid}`]),
  ].join(', ')
}

function howToCheck(digest: Digest): string {
  return `## Check it

In the directory above this one, with nothing but a shell and sha256sum:

    sh verify.sh ${digest}

Take the digest from the place that cites the record, not from this file: whoever can change
this bundle can change this file too. \`sha256sum data/record.json\` must give the same digits.`
}

const whoVouches = `## Who vouches for it

The directory \`stele/\` holds what the registry said when it accepted the record; all of it can be checked
without the registry, with OpenSSL and thirty lines of any language:

- \`receipt.jws\` is a JSON Web Signature (RFC 7515): the digests of the record, the time, and its place in the log.
  The key is in \`jwks.json\`. \`signatures.json\`, if it is there, are signatures of the depositors.
- \`leaf.json\` is the record's entry in the log; its hash is the SHA-256 of a zero byte and the entry.
- \`record.tlog-proof\` (c2sp.org/tlog-proof) leads from that hash to the root of the log: hash with the lines in turn, by
  RFC 9162, section 2.1.3.2. The root is in \`checkpoint\`, a note (c2sp.org/signed-note) signed with Ed25519.
- \`policy\` (c2sp.org/tlog-policy) names the key of the log. Get that key from somewhere else too, if you can: a
  forger could have put another one here.`

const howToReplay = `## Look at it and run it again

With any python3 from 3.6 on, in the directory above this one:

    python3 stele/stele.pyz verify .
    python3 stele/stele.pyz inspect .
    python3 stele/stele.pyz plan .
    python3 stele/stele.pyz run .

\`plan\` prints the commands and runs nothing. \`run\` asks for the record before it runs anything.
The copy of the program in this bundle is for convenience; to check a bundle that you do not trust,
take stele.pyz from a registry that you do.`

const whereThingsAre = `## Where things are

\`record.json\` says everything; it is the one file whose digest is cited. \`inputs/\` is the work
directory before the run, \`expected/\` holds what outputs are compared with, \`environments/\` the software,
\`run/\` scripts and logs, \`outputs/\` what came out. A bundle of a smaller profile lacks some of them, and
no bytes are kept twice without need: find a file by its digest in \`manifest-sha256.txt\`.`

function stagesOf(record: Exclude<WorkflowRecord, { kind: 'collection' }>): string {
  const attempts = Map.groupBy(record.kind === 'run' ? record.run.stages : [], ({ id }) => id)
  const stages = record.plan.stages.map((stage, index) => {
    const endings = (attempts.get(stage.id) ?? []).map(endingOf)
    return `${index + 1}. ${[stageInWords(stage), ...endings].join('; ')}`
  })
  return `## Stages\n\n${stages.join('\n')}`
}

function stageInWords({ id, kind, needs, command, script }: PlanStage): string {
  const after = needs === undefined || needs.length === 0 ? '' : `, after ${needs.join(', ')}`
  return `${markdownCode(id)} (${kind}${after}): ${actionOf(command, script)}`
}

function actionOf(command: readonly string[] | undefined, script: string | undefined): string {
  if (script !== undefined) return `the input ${markdownCode(script)}`
  if (command === undefined) return 'documentation only'
  const characters = Array.from(JSON.stringify(command))
  if (characters.length <= commandCharacters) return markdownCode(characters.join(''))
  return `${markdownCode(characters.slice(0, commandCharacters).join(''))} … (see \`record.json\`)`
}

function endingOf({ status, exitCode, signal }: RunStage): string {
  if (exitCode !== undefined) return `${status}, exit code ${exitCode}`
  return signal === undefined ? status : `${status}, signal ${signal}`
}

function expectationsOf(plan: Plan): string {
  const expectations = (plan.expectations ?? []).map(expectationInWords)
  return expectations.length === 0 ? '' : `## Expected outputs\n\n${expectations.join('\n')}`
}

function expectationInWords({ id, stage, path, rule, required }: Expectation): string {
  const weight = required ? 'required' : 'optional'
  return `- ${markdownCode(id)}: ${markdownCode(path)} after ${markdownCode(stage)}, rule ${markdownCode(rule.type)}, ${weight}`
}

/** Only the gaps the record declares: those the program finds may change with the program. */
function gapsOf(record: WorkflowRecord): string {
  const gaps = declaredGapsOf(record).map(({ code, path, note }) =>
    [
      `- ${code}`,
      ...(path === undefined ? [] : [markdownCode(path)]),
      ...(note === undefined ? [] : [markdownText(note.replaceAll(/\s+/g, ' '))]),
    ].join(': '),
  )
  return gaps.length === 0 ? '' : `## What it lacks, as its depositor says\n\n${gaps.join('\n')}`
}
