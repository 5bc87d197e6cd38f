import { z } from 'zod'
import { Bytes, Count, Line, PositiveCount } from './fields.ts'

const Versioned = z.strictObject({ name: Line(200), version: Line(200).optional() })

const Cpu = z.strictObject({
  model: Line(200).optional(),
  vendor: Line(100).optional(),
  /** archspec name, for example `zen3`. */
  target: Line(100).optional(),
  sockets: PositiveCount.optional(),
  cores: PositiveCount.optional(),
  threads: PositiveCount.optional(),
  numaNodes: PositiveCount.optional(),
  /** Processors this run was allowed to use, not only those of the node. */
  allowed: PositiveCount.optional(),
  governor: Line(50).optional(),
})

const Gpu = z.strictObject({
  vendor: z.enum(['nvidia', 'amd', 'intel']),
  model: Line(200).optional(),
  count: PositiveCount.optional(),
  driver: Line(100).optional(),
  memory: Bytes.optional(),
  /** CUDA compute capability or AMD gfx name. */
  architecture: Line(50).optional(),
})

const Node = z.strictObject({
  /** Class of nodes, never a host name. */
  role: z.enum(['login', 'batch']),
  arch: Line(50).optional(),
  kernel: Line(200).optional(),
  os: z.strictObject({ id: Line(50), version: Line(50).optional() }).optional(),
  glibc: Line(50).optional(),
  cpu: Cpu.optional(),
  memory: Bytes.optional(),
  memoryLimit: Bytes.optional(),
  gpus: z.array(Gpu).optional(),
})

/** What the run ran on. No host names, user names, accounts or serial numbers. */
export const Machine = z.strictObject({
  /** The public name of the system, for example `Summit`. */
  name: Line(200).optional(),
  site: Line(200).optional(),
  nodes: z.array(Node).optional(),
  nodeCount: PositiveCount.optional(),
  interconnect: z.array(Line(200)).optional(),
  fileSystems: z.array(z.strictObject({ use: Line(50), type: Line(50) })).optional(),
  scheduler: Versioned.extend({ partition: Line(100).optional() }).optional(),
  mpi: Versioned.extend({ abi: Line(50).optional() }).optional(),
  compilers: z.array(Versioned).optional(),
  modules: z.array(Line(200)).optional(),
  container: Versioned.optional(),
  environment: z.record(Line(200), z.string().max(4000)).optional(),
  pythonVersion: Line(50).optional(),
  gpuCount: Count.optional(),
})

export type Machine = z.infer<typeof Machine>
