import { z } from 'zod'
import { immutable } from './content.ts'
import { UnknownScript } from './refusals.ts'
import { defineRoute, type Route } from './route.ts'

export interface ScriptRouteParts {
  readonly scripts: {
    /** The text of a module of that version of all of them. */
    findScript(version: string, name: string): Promise<string | undefined>
  }
}

/** What the pages run in the browser of a reader. */
export function scriptRoutes({ scripts }: ScriptRouteParts): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/browser/:version/*path',
      operationId: 'getScript',
      summary: 'A module of the script that checks a record in the browser of a reader',
      params: z.object({
        version: z.string(),
        path: z.array(z.string()).meta({ type: 'string' }),
      }),
      answers: {
        200: {
          description: 'JavaScript, or the licence of a package in it',
          content: { 'text/javascript': 'text', 'text/plain': 'text' },
        },
      },
      refusals: ['unknown-script'],
      async handle({ params, request }) {
        const name = params.path.join('/')
        const body = await scripts.findScript(params.version, name)
        if (body === undefined) throw new UnknownScript(request.path)
        const type = name.endsWith('.js') ? 'text/javascript' : 'text/plain'
        const headers = {
          'content-type': `${type}; charset=utf-8`,
          'cache-control': immutable,
        }
        return { status: 200, headers, body }
      },
    }),
  ]
}
