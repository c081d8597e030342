import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Session } from 'chdb'
import type { Lane } from '../client.ts'
import type { ChildOptions } from '../embedded.ts'
import { openLane, type LaneSessions } from './lane.ts'

export interface Engine {
  readonly lanes: Readonly<Record<Lane, LaneSessions>>
  readonly version: string
  /** Ends a running query by the mark that stands in its text. */
  kill(mark: string): Promise<void>
  close(): Promise<void>
}

/** The part of chdb's native module that takes bytes of any format, which its public `insert` does not. */
export interface NativeInsert {
  InsertRawAsyncConnection(
    connection: unknown,
    prefix: string,
    data: Buffer,
    countLines: boolean,
  ): Promise<{ rowsWritten: number; bytesWritten: number; elapsed: number }>
}

/**
 * Opens the store. One engine per process and folder; a session runs one query at a time, so each lane has sessions of
 * its own. Look-ups 4: people read in parallel. Bulk 2: a sweep and a fill. Insert 1: the export is one queue.
 */
export function openEngine(options: ChildOptions): Engine {
  const configFile = writeConfig(options)
  const open = (): Session => new Session(options.folder, { connectionArgs: [`--config-file=${configFile}`] })
  const native = loadNative()
  const cores = availableParallelism()
  const memory = (share: number): string => String(Math.floor(options.memoryBytes * share))
  // Compiling queries to machine code costs memory and pauses that queries of our size never earn back.
  const common = {
    compile_expressions: '0',
    compile_aggregate_expressions: '0',
    compile_sort_description: '0',
    max_untracked_memory: '1048576',
    log_queries: '0',
    max_query_size: '67108864',
  }
  const admin = open()
  const lanes: Record<Lane, LaneSessions> = {
    interactive: openLane(4, open, native, {
      ...common,
      max_execution_time: '30',
      max_threads: String(cores),
      // By default every thread wants a free gigabyte, and a store of two would never use more than one.
      max_threads_min_free_memory_per_thread: '0',
      max_memory_usage: memory(0.5),
      max_result_bytes: '268435456',
    }),
    bulk: openLane(2, open, native, {
      ...common,
      max_execution_time: '900',
      max_threads: '1',
      max_memory_usage: memory(0.5),
      max_bytes_before_external_group_by: memory(0.25),
      max_bytes_before_external_sort: memory(0.25),
      max_block_size: '16384',
    }),
    insert: openLane(1, open, native, {
      ...common,
      max_execution_time: '120',
      max_threads: '1',
      max_insert_threads: '1',
      max_memory_usage: memory(0.5),
    }),
  }
  admin.query('create database if not exists throughline')
  const version = admin.query('select version()', 'TabSeparated').trim()
  let killing: Promise<unknown> = Promise.resolve()
  return {
    lanes,
    version,
    kill(mark) {
      // The mark is put together here so that this statement does not find itself.
      const sql = `kill query where position(query, concat('/*', '${mark}', '*/')) > 0 async`
      killing = killing.then(() => admin.queryAsync(sql)).catch(() => undefined)
      return killing.then(() => undefined)
    },
    async close() {
      await killing
      await Promise.all(Object.values(lanes).map((lane) => lane.close()))
      admin.close()
    },
  }
}

function loadNative(): NativeInsert {
  const name = `@chdb/lib-${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`
  const chdb = createRequire(import.meta.url).resolve('chdb')
  return createRequire(chdb)(name) as NativeInsert
}

// Caches and pools of the engine are sized for servers by default (5 GB of marks); a shop's machine has other uses for
// its memory. fsync: what the export has been told is stored survives a power cut.
function writeConfig(options: ChildOptions): string {
  const temporary = join(options.folder, '..', 'tmp')
  mkdirSync(temporary, { recursive: true, mode: 0o700 })
  const mb = 2 ** 20
  const values: Record<string, string | number> = {
    max_server_memory_usage: options.memoryBytes,
    mark_cache_size: 32 * mb,
    index_mark_cache_size: 4 * mb,
    primary_index_cache_size: 32 * mb,
    uncompressed_cache_size: 0,
    index_uncompressed_cache_size: 0,
    mmap_cache_size: 128,
    compiled_expression_cache_size: mb,
    query_condition_cache_size: 8 * mb,
    vector_similarity_index_cache_size: mb,
    text_index_header_cache_size: mb,
    text_index_dictionary_block_cache_size: mb,
    text_index_postings_cache_size: mb,
    iceberg_metadata_files_cache_size: mb,
    background_pool_size: 2,
    background_merges_mutations_concurrency_ratio: 1,
    background_common_pool_size: 1,
    background_schedule_pool_size: 1,
    background_move_pool_size: 1,
    background_fetches_pool_size: 1,
    max_thread_pool_size: 128,
    max_thread_pool_free_size: 4,
    max_io_thread_pool_size: 8,
    max_io_thread_pool_free_size: 0,
    max_active_parts_loading_thread_pool_size: 2,
    max_format_parsing_thread_pool_size: 4,
    tables_loader_foreground_pool_size: 2,
    tables_loader_background_pool_size: 1,
    tmp_path: `${temporary}/`,
  }
  const escape = (value: string | number): string => String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const lines = Object.entries(values).map(([name, value]) => `  <${name}>${escape(value)}</${name}>`)
  const mergeTree = '  <merge_tree><fsync_after_insert>1</fsync_after_insert><fsync_part_directory>1</fsync_part_directory></merge_tree>'
  const path = join(options.folder, '..', 'clickhouse.xml')
  writeFileSync(path, `<clickhouse>\n${lines.join('\n')}\n${mergeTree}\n</clickhouse>\n`, { mode: 0o600 })
  return path
}
