import type { SearchableWords } from '../catalog/catalog.ts'
import type { Plan } from '../record/plan.ts'
import type { WorkflowRecord } from '../record/workflow-record.ts'

const packageName = /^[A-Za-z0-9_][A-Za-z0-9_.-]*/

/** The words a reader would look for a record with. */
export function searchableWordsOf(record: WorkflowRecord): SearchableWords {
  const application = record.application
  return {
    title: record.title,
    summary: record.summary ?? '',
    authors: record.authors.map((author) => author.name).join('\n'),
    application: [application?.name, application?.version].filter(Boolean).join(' '),
    keywords: (record.keywords ?? []).join('\n'),
    packages: record.kind === 'collection' ? '' : packagesOf(record.plan).join('\n'),
  }
}

function packagesOf(plan: Plan): string[] {
  const names = (plan.environments ?? []).flatMap((environment) => {
    switch (environment.kind) {
      case 'spack':
        return [
          ...(environment.roots ?? []).map((root) => packageName.exec(root.spec)?.[0] ?? ''),
          ...(environment.externals ?? []).map((external) => external.name),
        ]
      case 'modules':
        return environment.loads.map((load) => load.name)
      case 'system':
        return (environment.packages ?? []).map((entry) => entry.name)
      case 'container':
        return [environment.reference]
      case 'python':
      case 'guix':
        return []
    }
  })
  return [...new Set(names)].filter((name) => name !== '')
}
