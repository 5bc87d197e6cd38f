import { readPantheonFile, valueOf, type PantheonEntry } from './pantheon-entry.ts'

/** A workflow of the Pantheon project as a record of kind `plan`, and the files it names. */
export interface PantheonPlan {
  readonly record: object
  readonly files: readonly string[]
}

/** Commit of Pantheon's registry from which the entries were taken. */
const registryCommit = '76d6dde526073c6e2967b5d6e12d61dd855e9857'

/** Limits that rebuilds of these workflows keep by far and neighbouring images break by far. */
export const imageRule = {
  type: 'image',
  channelDelta: 8,
  maxFraction: '0.001',
  maxNrmse: '0.002',
}

export const allocation = {
  name: 'compute_allocation',
  scope: 'site',
  type: 'account',
  required: true,
  sensitive: true,
  probe: 'scheduler.account',
}
export const runDirectory = {
  name: 'pantheon_run_dir',
  scope: 'site',
  type: 'path',
  required: true,
  probe: 'runner.rundir',
}

export const scriptsElsewhere = {
  code: 'missing-input',
  path: 'setup, run, postprocess, validate',
  note: 'the scripts of the stages are in the repository of the workflow, not in this record',
}

export function recordOf(entry: PantheonEntry, plan: object, gaps: readonly object[]): object {
  const { workflow } = entry
  return {
    schema: 'stele-record-1',
    kind: 'plan',
    title: valueOf(workflow, 'workflow', 'workflow_name'),
    summary: valueOf(workflow, 'workflow', 'workflow_desc'),
    project: {
      name: valueOf(workflow, 'project', 'project_name'),
      url: valueOf(workflow, 'project', 'project_website'),
    },
    application: {
      name: valueOf(workflow, 'workflow', 'workflow_app'),
      version: valueOf(workflow, 'workflow', 'workflow_version'),
    },
    license: 'BSD-3-Clause',
    authors: [{ name: valueOf(workflow, 'contact', 'contact_name') }],
    relations: [
      {
        type: 'importedFrom',
        target: { url: 'https://github.com/pantheonscience/workflows', commit: registryCommit },
      },
    ],
    createdAt: '2026-11-22T00:00:00Z',
    plan,
    gaps,
  }
}

export function workflowSource(entry: PantheonEntry): object {
  const { repository, commit } = entry.cited
  return { id: 'workflow', kind: 'git', url: repository, commit, swhid: `swh:1:rev:${commit}` }
}

export function blobOf(name: string, file: string): { digest: string; size: number } {
  const { digest, size } = readPantheonFile(name, file)
  return { digest, size }
}
