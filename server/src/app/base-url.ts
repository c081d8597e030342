import { loadSettings } from '../accounts/index.ts'
import type { Pool } from '../platform/postgres/index.ts'

/**
 * Keeps the address that links in messages lead to. A configured one holds; without one, an address of this machine
 * follows the port of the server, and an address that somebody set by hand stays.
 */
export async function keepBaseUrl(pool: Pool, configured: string | undefined, address: string): Promise<void> {
  const { baseUrl } = await loadSettings(pool)
  const wanted = configured ?? (isLocal(baseUrl) ? address : baseUrl)
  if (wanted === baseUrl) return
  await pool.query(`update workspace set settings = settings || jsonb_build_object('baseUrl', $1::text) where id = 1`, [wanted])
}

function isLocal(address: string): boolean {
  const { hostname } = new URL(address)
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}
