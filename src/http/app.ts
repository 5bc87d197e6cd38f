import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import type { Authorizer, Depositor } from './authorize.ts'
import { isPageWanted } from './negotiate.ts'
import { pagePolicy } from './page-policy.ts'
import { faultProblem, problemOf, type Problem } from './problem.ts'
import { InvalidParameter, InvalidToken, MethodNotAllowed, NotFound } from './refusals.ts'
import type { Answer, Route } from './route.ts'
import { send, UnreadableBody } from './send.ts'

/** What the wire needs from outside: rights, a log, numbers, and a face for browsers. */
export interface AppParts {
  readonly routes: readonly Route[]
  readonly authorizer: Authorizer
  readonly log: Log
  /** Called once a request was answered. */
  readonly observe: (fact: RequestFact) => void
  /** The page a browser is shown instead of a problem document. */
  readonly problemPage: (problem: Problem) => string
}

interface Log {
  error(fact: object, text: string): void
  info(fact: object, text: string): void
}

export interface RequestFact {
  readonly method: string
  /** Pattern of the route, never the path itself: there are endless paths. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  ...pagePolicy,
  'cross-origin-resource-policy': 'cross-origin',
}

const nobody: Depositor = { tokenId: '', project: '' }

export function createApp(parts: AppParts): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.set('case sensitive routing', true)
  app.use((_request: Request, response: Response, next: NextFunction) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
    next()
  })
  for (const route of parts.routes) {
    app[route.method](route.path, (request, response) =>
      answerRoute(route, request, response, parts),
    )
  }
  refuseOtherMethods(app, parts.routes)
  app.use((request: Request) => {
    throw new NotFound(request.path)
  })
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) =>
    answerProblem(error, request, response, parts),
  )
  return app
}

async function answerRoute(
  route: Route,
  request: Request,
  response: Response,
  parts: AppParts,
): Promise<void> {
  const startedAt = performance.now()
  const clientGone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) clientGone.abort(new Error('the client went away'))
    const seconds = (performance.now() - startedAt) / 1000
    parts.observe({
      method: request.method,
      route: route.path,
      status: response.statusCode,
      seconds,
    })
  })
  const depositor =
    route.access === 'deposit'
      ? await parts.authorizer.depositorOf(request.get('authorization'))
      : nobody
  const { params, query } = request
  const { signal } = clientGone
  const answer = await route.answer({ params, query, depositor, request, response, signal })
  await send(answer, request, response)
}

function refuseOtherMethods(app: Express, routes: readonly Route[]): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const allowed = routes.filter((route) => route.path === path).map(methodName)
    if (allowed.includes('GET')) allowed.push('HEAD')
    app.all(path, (request) => {
      throw new MethodNotAllowed(request.method, allowed)
    })
  }
}

function methodName(route: Route): string {
  return route.method.toUpperCase()
}

async function answerProblem(
  error: unknown,
  request: Request,
  response: Response,
  parts: AppParts,
): Promise<void> {
  const { method, path } = request
  if (response.headersSent || response.destroyed) {
    // Ending a body that was begun would make a cut one look whole.
    response.destroy()
    // Any other error is that of a client which went away.
    if (error instanceof UnreadableBody) {
      parts.log.error({ err: error.cause, method, path }, 'answer broken off')
    }
    return
  }
  const problem = problemOf(refusalOf(error)) ?? faultProblem
  if (problem === faultProblem) parts.log.error({ err: error, method, path }, 'request failed')
  if (error instanceof InvalidToken) {
    parts.log.info({ reason: error.reason, method, path }, 'token refused')
  }
  await send(problemAnswer(problem, request, parts), request, response)
}

// What Express makes of a path like `/records/%ff`.
function refusalOf(error: unknown): unknown {
  return error instanceof URIError ? new InvalidParameter('path', 'percent-encoded UTF-8') : error
}

function problemAnswer(problem: Problem, request: Request, parts: AppParts): Answer {
  const { status, headers, document } = problem
  const noStore = { 'cache-control': 'no-store', ...headers }
  if (isPageWanted(request)) {
    const html = { ...noStore, 'content-type': 'text/html; charset=utf-8' }
    return { status, headers: html, body: parts.problemPage(problem) }
  }
  const json = { ...noStore, 'content-type': 'application/problem+json' }
  return { status, headers: json, body: { json: document } }
}
