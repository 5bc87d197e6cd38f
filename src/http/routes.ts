import { blobRoutes } from './blob-routes.ts'
import type { BlobIntake } from '../archive/take-blobs.ts'
import { depositRoutes, type DepositRouteParts } from './deposit-routes.ts'
import { eventRoutes, type EventRouteParts } from './event-routes.ts'
import { keyRoutes, type KeyRouteParts } from './key-routes.ts'
import { listRoutes } from './list-routes.ts'
import { logRoutes, type LogRouteParts } from './log-routes.ts'
import { operationRoutes, type OperationParts } from './operation-routes.ts'
import type { RecordRouteParts } from './record-file-routes.ts'
import { recordRoutes } from './record-routes.ts'
import type { Route } from './route.ts'
import { scriptRoutes, type ScriptRouteParts } from './script-routes.ts'

export type RouteParts = DepositRouteParts &
  RecordRouteParts &
  EventRouteParts &
  LogRouteParts &
  KeyRouteParts &
  ScriptRouteParts &
  OperationParts & { readonly intake: BlobIntake }

/** Every request the service answers. */
export function allRoutes(parts: RouteParts): Route[] {
  return [
    ...listRoutes(parts),
    ...blobRoutes(parts),
    ...depositRoutes(parts),
    ...recordRoutes(parts),
    ...eventRoutes(parts),
    ...logRoutes(parts),
    ...keyRoutes(parts),
    ...scriptRoutes(parts),
    ...operationRoutes(parts),
  ]
}
