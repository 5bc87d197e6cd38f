import { parse } from 'yaml'
import { z } from 'zod'
import { openApiText } from './openapi-file.ts'

const Operation = z.object({
  operationId: z.string(),
  summary: z.string(),
  parameters: z
    .array(z.object({ name: z.string(), in: z.enum(['path', 'query']), required: z.boolean() }))
    .default([]),
  responses: z.record(z.string(), z.object({ description: z.string() })),
})

const Document = z.object({ paths: z.record(z.string(), z.record(z.string(), Operation)) })

/** One request of openapi.yaml. */
export interface DescribedOperation extends z.output<typeof Operation> {
  readonly method: string
  /** With `{name}` for what varies. */
  readonly path: string
}

export const describedOperations: readonly DescribedOperation[] = Object.entries(
  Document.parse(parse(openApiText())).paths,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
)
