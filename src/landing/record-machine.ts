import type { Machine } from '../record/machine.ts'
import { html, joined, type Content, type Html } from './html.ts'
import { factsOf, firstFew } from './layout.ts'
import { countOf, sizeInWords } from './quantity.ts'
import { tableOf } from './table.ts'

type Node = NonNullable<Machine['nodes']>[number]
type Gpu = NonNullable<Node['gpus']>[number]
type Versioned = { readonly name: string; readonly version?: string | undefined }

/** What the run ran on, as far as it is known. */
export function machineDetails(machine: Machine, wholeAt: string): Html {
  return html`${factsOf([
    ['Name', machine.name],
    ['Site', machine.site],
    ['Nodes', machine.nodeCount],
    ['Interconnect', firstFew(machine.interconnect ?? [], (name) => name, ', ')],
    ['Scheduler', schedulerOf(machine)],
    ['MPI', machine.mpi && [versionOf(machine.mpi), machine.mpi.abi && ` (${machine.mpi.abi})`]],
    ['Compilers', firstFew(machine.compilers ?? [], versionOf, ', ')],
    ['Python', machine.pythonVersion],
    ['Container runtime', machine.container && versionOf(machine.container)],
    [
      'File systems',
      firstFew(machine.fileSystems ?? [], ({ use, type }) => `${use}: ${type}`, ', '),
    ],
    ['Modules loaded', firstFew(machine.modules ?? [], (name) => name, ', ')],
  ])}
  ${nodesTable(machine.nodes ?? [], wholeAt)} ${variablesOf(machine.environment ?? {})}`
}

function nodesTable(nodes: readonly Node[], wholeAt: string): Content {
  if (nodes.length === 0) return undefined
  return tableOf({
    caption: 'Classes of nodes',
    columns: [
      { head: 'Role', cell: ({ role }) => role },
      { head: 'Processor', cell: processorOf },
      { head: 'Target', cell: ({ cpu }) => cpu?.target },
      { head: 'Cores', cell: coresOf },
      { head: 'Memory', cell: memoryOf },
      { head: 'GPUs', cell: ({ gpus }) => joined((gpus ?? []).map(gpuOf), html`<br />`) },
      { head: 'System', cell: systemOf },
    ],
    rows: nodes,
    wholeAt,
  })
}

function processorOf({ cpu, arch }: Node): Content {
  return words([cpu?.model ?? cpu?.vendor, arch], ', ')
}

function coresOf({ cpu }: Node): Content {
  if (cpu === undefined) return undefined
  return words(
    [
      cpu.cores === undefined ? undefined : countOf(cpu.cores, 'core'),
      cpu.sockets === undefined ? undefined : countOf(cpu.sockets, 'socket'),
      cpu.threads === undefined ? undefined : countOf(cpu.threads, 'thread'),
      cpu.allowed === undefined ? undefined : `${cpu.allowed} allowed`,
    ],
    ', ',
  )
}

function memoryOf({ memory, memoryLimit }: Node): Content {
  const limit = memoryLimit === undefined ? undefined : `limit ${sizeInWords(memoryLimit)}`
  return words([memory === undefined ? undefined : sizeInWords(memory), limit], ', ')
}

function gpuOf(gpu: Gpu): Content {
  return words(
    [
      gpu.count === undefined ? undefined : `${gpu.count} ×`,
      gpu.model ?? gpu.vendor,
      gpu.architecture,
      gpu.memory === undefined ? undefined : sizeInWords(gpu.memory),
      gpu.driver === undefined ? undefined : `driver ${gpu.driver}`,
    ],
    ' ',
  )
}

function systemOf({ os, kernel, glibc }: Node): Content {
  return words(
    [
      os === undefined ? undefined : words([os.id, os.version], ' '),
      kernel === undefined ? undefined : `kernel ${kernel}`,
      glibc === undefined ? undefined : `glibc ${glibc}`,
    ],
    ', ',
  )
}

function schedulerOf({ scheduler }: Machine): Content {
  if (scheduler === undefined) return undefined
  const partition =
    scheduler.partition === undefined ? undefined : `, partition ${scheduler.partition}`
  return [versionOf(scheduler), partition]
}

function variablesOf(environment: Readonly<Record<string, string>>): Content {
  const variables = Object.entries(environment)
  if (variables.length === 0) return undefined
  return html`<details>
    <summary>${countOf(variables.length, 'environment variable')}</summary>
    <p class="variables">
      ${firstFew(variables, ([name, value]) => html`<code class="line">${name}=${value}</code>`, html`<br />`)}
    </p>
  </details>`
}

function versionOf({ name, version }: Versioned): string {
  return words([name, version], ' ')
}

function words(parts: readonly (string | undefined)[], separator: string): string {
  return parts.filter((part) => part !== undefined).join(separator)
}
