import { totalmem } from 'node:os'

/**
 * Settings of the embedded server, given on its command line, so that an upgrade of ours changes them too.
 * @param durable false only for tests: a crash of the machine may then lose data
 */
export function chooseSettings(port: number, durable: boolean): Record<string, string> {
  const cacheMb = Math.round(totalmem() / 2 / 2 ** 20)
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: durable ? '60' : '200',
    timezone: 'UTC',
    // Memory: the hot rows of about 100,000 profiles; the rest lives in the system's file cache.
    shared_buffers: durable ? '192MB' : '64MB',
    effective_cache_size: `${cacheMb}MB`,
    work_mem: '16MB',
    maintenance_work_mem: '96MB',
    // One thread a core is ours already; helpers of single queries and planners' compilers only disturb.
    jit: 'off',
    max_parallel_workers_per_gather: '0',
    io_method: 'sync',
    random_page_cost: '1.1',
    // Durable before the answer. Compressing full pages costs more time here than it saves on the disk.
    synchronous_commit: 'on',
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    wal_compression: 'off',
    wal_buffers: '16MB',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_logical_replication_workers: '0',
    max_wal_size: '4GB',
    min_wal_size: '128MB',
    checkpoint_timeout: '10min',
    checkpoint_completion_target: '0.9',
    // Hot tables are rewritten all day: clean often and little.
    autovacuum_naptime: '15s',
    autovacuum_max_workers: '2',
    autovacuum_vacuum_cost_delay: '1ms',
    autovacuum_vacuum_scale_factor: '0.05',
    autovacuum_vacuum_insert_scale_factor: '0.2',
    autovacuum_analyze_scale_factor: '0.05',
    idle_in_transaction_session_timeout: '60s',
    // The log holds what an operator needs and nothing about the shop's customers.
    log_min_messages: 'warning',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
    log_timezone: 'UTC',
  }
}
