import { restoreArchives, type RestoredDay } from '../pipeline/index.ts'
import { createDatabase, makeClickHouse } from '../platform/clickhouse/index.ts'
import type { Logger } from '../platform/log/index.ts'
import type { Config } from './config.ts'
import { openStores } from './stores.ts'

/**
 * Puts archived days of events back into the ClickHouse of this configuration. The embedded one is started for it, so its
 * server must not run; one of `CLICKHOUSE_URL` may be in use meanwhile.
 * Throws what `openStores` and `restoreArchives` do.
 */
export async function restore(
  config: Config,
  log: Logger,
  what: { readonly paths: readonly string[]; readonly replace: boolean; readonly onDay?: (day: RestoredDay) => void },
): ReturnType<typeof restoreArchives> {
  const stores = await openStores(config, log)
  const clickhouse = makeClickHouse(stores.clickhouseUrl, 'bulk')
  try {
    await createDatabase(stores.clickhouseUrl, config.clickhouseCluster)
    const database = decodeURIComponent(new URL(stores.clickhouseUrl).pathname.slice(1)) || 'default'
    return await restoreArchives({ db: stores.pool, clickhouse, database, cluster: config.clickhouseCluster, ...what })
  } finally {
    await clickhouse.close()
    await stores.close()
  }
}
