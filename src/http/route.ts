import type { Request, Response } from 'express'
import type { z } from 'zod'
import type { JsonValue } from '../record/strict-json.ts'
import type { Depositor } from './authorize.ts'
import { InvalidParameter } from './refusals.ts'

export type Method = 'get' | 'post' | 'put'

/**
 * Bytes to be sent, opened only when they are wanted: a HEAD request opens nothing.
 * Each piece may be overwritten as soon as the next is asked for.
 */
export interface StreamBody {
  readonly byteLength: number
  readonly open: () => Promise<AsyncIterable<Uint8Array>>
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** A string or bytes need a `content-type` among the headers; other values are sent as JSON. */
  readonly body?: string | Uint8Array | StreamBody | { readonly json: JsonValue }
}

export interface Call<Params, Query> {
  readonly params: Params
  readonly query: Query
  /** Who may deposit with this request; only on routes with `access: 'deposit'`. */
  readonly depositor: Depositor
  readonly request: Request
  readonly response: Response
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
}

/** One answer, as openapi.yaml describes it. */
export interface AnswerDescription {
  readonly description: string
  readonly content?: Readonly<Record<string, z.ZodType | 'binary' | 'text'>>
}

/** A request body, as openapi.yaml describes it. */
export type BodyDescription = Readonly<Record<string, z.ZodType | 'binary'>>

/** One request of the interface: mounts it, types its handler and describes it. */
export interface Route {
  readonly method: Method
  /** Express pattern with `:name` parameters. */
  readonly path: string
  readonly operationId: string
  readonly summary: string
  readonly access: 'public' | 'deposit'
  readonly params?: z.ZodObject | undefined
  readonly query?: z.ZodObject | undefined
  readonly body?: BodyDescription | undefined
  readonly answers: Readonly<Record<number, AnswerDescription>>
  /** Codes of the refusals that belong to this request. */
  readonly refusals?: readonly string[] | undefined
  readonly answer: (call: Call<unknown, unknown>) => Promise<Answer>
}

interface RouteDefinition<Params extends z.ZodObject, Query extends z.ZodObject> extends Omit<
  Route,
  'params' | 'query' | 'answer' | 'access'
> {
  readonly access?: 'public' | 'deposit'
  readonly params?: Params
  readonly query?: Query
  readonly handle: (call: Call<z.output<Params>, z.output<Query>>) => Promise<Answer>
}

/** Ties the types of a handler to the schemas of its parameters. */
export function defineRoute<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
>(definition: RouteDefinition<Params, Query>): Route {
  const { handle, params, query, access = 'public', ...rest } = definition
  return {
    ...rest,
    access,
    params,
    query,
    answer: async (call) => {
      const parsedParams = parseParams(params, call.params)
      const parsedQuery = parseParams(query, call.query)
      return handle({ ...call, params: parsedParams, query: parsedQuery })
    },
  }
}

/** @throws InvalidParameter, and the refusals that the schema's own parsers throw. */
function parseParams<Schema extends z.ZodObject>(
  schema: Schema | undefined,
  values: unknown,
): z.output<Schema> {
  // Without a schema a handler cannot name any parameter, so an empty object fits its type.
  if (schema === undefined) return {} as z.output<Schema>
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new InvalidParameter(issue?.path.join('.') ?? '', issue?.message ?? 'another value')
}
