import type { Db } from '../platform/postgres/index.ts'
import { LEASE_MS } from './leases.ts'

const NOW = `(extract(epoch from clock_timestamp()) * 1000)::bigint`

// Ours already: renewed under the same epoch. Free or run out: taken under a new one.
const HOLD = `
update leases set epoch = case when worker = $2::text and lease_until >= ${NOW} then epoch else epoch + 1 end, worker = $2::text, lease_until = ${NOW} + ${LEASE_MS}
where name = $1::text and (worker = $2::text or worker is null or lease_until < ${NOW})
returning epoch`

export interface SingleLease {
  /** Takes or renews the lease; the fencing epoch, or null while another worker has it. */
  hold(db: Db): Promise<number | null>
  /** Fails the caller's transaction when the lease is not ours under this epoch; holds it against others until the commit. */
  check(db: Db, epoch: number): Promise<void>
  release(db: Db): Promise<void>
}

/** The lease on work of which there is one in the whole installation; see the table `leases`. */
export function makeSingleLease(name: 'export' | 'fill' | 'maintenance' | 'sweep' | 'rank' | 'erase', worker: string): SingleLease {
  return {
    async hold(db) {
      const { rows } = await db.query<{ epoch: number }>({ name: 'single-lease-hold', text: HOLD, values: [name, worker] })
      return rows[0]?.epoch ?? null
    },
    async check(db, epoch) {
      const { rowCount } = await db.query(
        'select 1 from leases where name = $1::text and worker = $2::text and epoch = $3::bigint for update',
        [name, worker, epoch],
      )
      if (rowCount !== 1) throw new Error(`The lease "${name}" went to another worker.`)
    },
    async release(db) {
      await db.query('update leases set worker = null, lease_until = 0 where name = $1::text and worker = $2::text', [name, worker])
    },
  }
}
