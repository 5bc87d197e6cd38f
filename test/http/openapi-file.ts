import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { openApiOf } from '../../src/http/openapi.ts'
import { allRoutes, type RouteParts } from '../../src/http/routes.ts'

const root = join(import.meta.dirname, '../..')
export const openApiFile = join(root, 'openapi.yaml')

/** The text that openapi.yaml must have. */
export function openApiText(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  // Describing a route calls nothing of it, so no part is needed.
  const routes = allRoutes({
    openApi: '',
    styleSheet: '',
    runner: { digest: '' },
  } as unknown as RouteParts)
  return stringify(openApiOf(routes, version), { lineWidth: 100, aliasDuplicateObjects: false })
}

if (import.meta.main) writeFileSync(openApiFile, openApiText())
