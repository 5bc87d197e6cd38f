import { z } from 'zod'
import { limits } from '../record/limits.ts'
import type { JsonObject, JsonValue } from '../record/strict-json.ts'
import { statusOfCode } from './problem.ts'
import type { AnswerDescription, Route } from './route.ts'

/** The interface as an OpenAPI 3.1 document, made from the routes themselves. */
export function openApiOf(routes: readonly Route[], version: string): JsonObject {
  const paths: { [path: string]: { [method: string]: JsonValue } } = {}
  for (const route of routes) {
    const path = route.path.replaceAll(/[:*]([A-Za-z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Stele',
      version,
      description:
        'A registry for executed HPC workflows. Reading is public; depositing needs a token. ' +
        `A record may have ${limits.recordBytes} bytes; all limits are at /limits.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: jsonSchemaOf(Problem) },
    },
  }
}

const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(statusOfCode)).describe('Stable; clients branch on it'),
  detail: z.string(),
})

function operationOf(route: Route): JsonObject {
  const parameters = [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')]
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.access === 'deposit' ? { security: [{ token: [] }] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: contentOf(route.body) } }),
    responses: responsesOf(route),
  }
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query'): JsonValue[] {
  if (schema === undefined) return []
  return Object.entries(schema.shape).map(([name, member]) => ({
    name,
    in: place,
    required: place === 'path',
    schema: jsonSchemaOf(member),
  }))
}

function responsesOf(route: Route): JsonObject {
  const responses: { [status: string]: JsonValue } = {}
  for (const [status, answer] of Object.entries(route.answers)) {
    responses[status] = answerOf(answer)
  }
  for (const [status, codes] of refusalsByStatus(route)) {
    responses[status] = {
      description: `Refused: ${codes.join(', ')}`,
      content: {
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      },
    }
  }
  return responses
}

function answerOf({ description, content }: AnswerDescription): JsonObject {
  return content === undefined ? { description } : { description, content: contentOf(content) }
}

function contentOf(content: NonNullable<AnswerDescription['content']>): JsonObject {
  const entries = Object.entries(content).map(([type, schema]): [string, JsonValue] => [
    type,
    typeof schema === 'string' ? {} : { schema: jsonSchemaOf(schema) },
  ])
  return Object.fromEntries(entries)
}

function refusalsByStatus(route: Route): Map<string, string[]> {
  const codes = [
    ...(route.refusals ?? []),
    ...(route.access === 'deposit' ? ['token-required', 'invalid-token'] : []),
  ]
  const byStatus = new Map<string, string[]>()
  for (const [code, status] of Object.entries(statusOfCode)) {
    if (!codes.includes(code)) continue
    byStatus.set(String(status), [...(byStatus.get(String(status)) ?? []), code])
  }
  return byStatus
}

function jsonSchemaOf(schema: z.core.$ZodType): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: 'input',
    unrepresentable: 'any',
  })
  return JSON.parse(JSON.stringify(rest))
}
