import type { Generated } from 'kysely'

/** Tables of migrations/, as kysely sees them. */
export interface CatalogTables {
  log_entry: LogEntryTable
  checkpoint: { size: number; root: string; note: string }
  record: RecordTable
  blob: { digest: string; byte_length: number }
  record_blob: { log_index: number; digest: string }
  record_relation: { log_index: number; type: string; target: string }
  record_text: RecordTextTable
  event: EventTable
  token: TokenTable
  depositor_key: DepositorKeyTable
  registry_key: RegistryKeyTable
}

export interface LogEntryTable {
  log_index: number
  kind: string
  subject: string | null
  leaf: Uint8Array
  leaf_hash: string
}

export interface RecordTable {
  log_index: number
  digest: string
  sha512: string
  byte_length: number
  plan_digest: string | null
  kind: string
  title: string
  authors: string
  project: string
  application: string | null
  machine: string | null
  verdict: string | null
  accepted_at: string
  signatures: string | null
  signature_keys: string
  runner: string
  blob_count: number
  blob_bytes: number
}

interface RecordTextTable {
  rowid: number
  title: string
  summary: string
  authors: string
  application: string
  keywords: string
  packages: string
}

export interface EventTable {
  log_index: number
  digest: string
  record: string
  type: string
  state: string | null
  text: string
  project: string
  signatures: string | null
  signature_keys: string
  accepted_at: string
}

interface TokenTable {
  id: string
  token_sha256: string
  project: string
  scope: string
  created_at: string
  expires_at: string
  revoked_at: Generated<string | null>
  last_used_at: Generated<string | null>
}

interface DepositorKeyTable {
  kid: string
  project: string
  jwk: string
  added_at: string
  added_index: number
  revoked_at: Generated<string | null>
  revoked_index: Generated<number | null>
}

interface RegistryKeyTable {
  kid: string
  role: string
  jwk: string
  introduced_at: string
  introduced_index: number
  retired_at: Generated<string | null>
  retired_index: Generated<number | null>
}
