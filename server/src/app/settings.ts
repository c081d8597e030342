import { resolve } from 'node:path'
import { z } from 'zod'
import { parseAllowedRanges, type AllowedRanges } from '../platform/safe-fetch/index.ts'

/** One thing that can be configured: where it may stand, what is allowed, and the sentence that says what it does. */
export interface Setting<T> {
  readonly variable: string
  /** As commander writes it; settings without one are secrets or too rare for a flag. */
  readonly flag?: string
  readonly about: string
  /** Completes "allowed: …". */
  readonly allowed: string
  /** Whether its value is never shown; of an `address` all but what may hold a password. */
  readonly secret?: true | 'address'
  readonly read: z.ZodType<T, unknown>
}

const optional = <T>(schema: z.ZodType<T, unknown>): z.ZodType<T | undefined, unknown> => schema.optional()
const text = z.union([z.string(), z.number().transform(String)]).pipe(z.string().regex(/\S/))
// Not coerced: an empty line of the file, a list or `true` would become numbers that nobody meant, and so would `0x10`.
const whole = (low: number, high: number) =>
  z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\s*\d{1,15}\s*$/)
        .transform(Number),
    ])
    .pipe(z.number().int().min(low).max(high))
const yesNo = z.union([z.boolean(), z.stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] })])
const address = (...protocols: string[]) => text.refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol))
const ranges = text.transform((value, context): AllowedRanges => {
  try {
    return parseAllowedRanges(value)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
    return z.NEVER
  }
})

/** The one table of everything that can be configured; help, the documentation and the reading are made from it. */
export const settings = {
  dataDir: {
    variable: 'THROUGHLINE_DATA_DIR',
    flag: '--data-dir <folder>',
    about: 'Folder for the embedded stores, the secret key and the log',
    allowed: 'a folder that this program may write to',
    read: text.default('.throughline').transform((value) => resolve(value)),
  },
  host: {
    variable: 'THROUGHLINE_HOST',
    flag: '--host <address>',
    about: 'Address to listen on; 127.0.0.1 for this machine only, 0.0.0.0 for everybody who reaches it',
    allowed: 'an address of this machine',
    read: text.default('127.0.0.1'),
  },
  port: {
    variable: 'THROUGHLINE_PORT',
    flag: '--port <number>',
    about: 'Port to listen on; 0 for any that is free',
    allowed: 'a whole number from 0 to 65535',
    read: whole(0, 65_535).default(4_800),
  },
  healthPort: {
    variable: 'THROUGHLINE_HEALTH_PORT',
    flag: '--health-port <number>',
    about: 'Port on which a worker of its own (`work`) answers /healthz, /readyz and /metrics; 0 for any that is free',
    allowed: 'a whole number from 0 to 65535',
    read: whole(0, 65_535).default(0),
  },
  baseUrl: {
    variable: 'THROUGHLINE_BASE_URL',
    flag: '--base-url <address>',
    about: 'Address under which people reach this server, for links in messages',
    allowed: 'an address that begins with https:// or http://, without ? and #',
    read: optional(
      address('http:', 'https:')
        .refine((value) => !/[?#]/.test(value))
        .transform((value) => value.replace(/\/+$/, '')),
    ),
  },
  trustProxy: {
    variable: 'THROUGHLINE_TRUST_PROXY',
    about: 'Believe X-Forwarded-For and X-Forwarded-Proto; only behind a proxy of your own',
    allowed: 'true or false',
    read: yesNo.default(false),
  },
  demo: {
    variable: 'THROUGHLINE_DEMO',
    flag: '--demo',
    about: 'Let a simulated shop send events, so that there is something to see',
    allowed: 'true or false',
    read: yesNo.default(false),
  },
  databaseUrl: {
    variable: 'DATABASE_URL',
    flag: '--database-url <address>',
    about: 'A PostgreSQL (15 or later) of your own instead of the embedded one',
    secret: 'address',
    allowed: 'postgresql://user:password@host:5432/database',
    read: optional(address('postgresql:', 'postgres:')),
  },
  databaseConnections: {
    variable: 'THROUGHLINE_DATABASE_CONNECTIONS',
    about: 'Connections to PostgreSQL that are shared; up to seven more are kept for accepting, the pipeline and sending',
    allowed: 'a whole number from 4 to 500',
    read: whole(4, 500).default(20),
  },
  clickhouseUrl: {
    variable: 'CLICKHOUSE_URL',
    flag: '--clickhouse-url <address>',
    about: 'A ClickHouse of your own instead of the embedded one',
    secret: 'address',
    allowed: 'http://user:password@host:8123/database',
    read: optional(address('http:', 'https:')),
  },
  clickhouseCluster: {
    variable: 'CLICKHOUSE_CLUSTER',
    about: 'Name of the ClickHouse cluster to spread the tables over',
    allowed: 'letters, digits, - and _',
    read: optional(z.string().regex(/^[\w-]+$/)),
  },
  clickhouseMemory: {
    variable: 'THROUGHLINE_CLICKHOUSE_MEMORY',
    about: 'Memory that the embedded ClickHouse may take while it works, in MiB',
    allowed: 'a whole number from 512 to 1048576',
    read: whole(512, 1_048_576).default(2_048),
  },
  inboxDays: {
    variable: 'THROUGHLINE_INBOX_DAYS',
    about: 'Days for which PostgreSQL keeps accepted events; older ones stand in ClickHouse and in the archive',
    allowed: 'a whole number from 1 to 3650',
    read: whole(1, 3_650).default(14),
  },
  secretKey: {
    variable: 'THROUGHLINE_SECRET_KEY',
    about: 'The key that seals stored passwords and signs links; without it, the file secret.key in the data folder',
    secret: true,
    allowed: '32 random bytes as 64 hexadecimal digits or in base64',
    read: optional(text.refine((value) => /^([0-9a-f]{64}|[\w+/-]{43}=?)$/i.test(value))),
  },
  allowPrivateAddresses: {
    variable: 'THROUGHLINE_ALLOW_PRIVATE_ADDRESSES',
    about: 'Private addresses that webhooks may call all the same',
    allowed: 'addresses and ranges such as 127.0.0.1 or 10.0.0.0/8, separated by commas',
    read: ranges.default([]),
  },
  adminEmail: {
    variable: 'THROUGHLINE_ADMIN_EMAIL',
    about: 'E-mail address of the first admin',
    allowed: 'an e-mail address',
    read: optional(z.email()),
  },
  adminPassword: {
    variable: 'THROUGHLINE_ADMIN_PASSWORD',
    about: 'Password of the first admin',
    secret: true,
    allowed: '10 to 200 characters',
    read: optional(z.coerce.string().min(10).max(200)),
  },
  writeKey: {
    variable: 'THROUGHLINE_WRITE_KEY',
    about: 'Write key of the first source',
    secret: true,
    allowed: '8 to 200 characters without spaces',
    read: optional(z.coerce.string().regex(/^\S{8,200}$/)),
  },
  apiKey: {
    variable: 'THROUGHLINE_API_KEY',
    about: 'An API key of the management API, with the role admin',
    secret: true,
    allowed: '16 to 200 characters without spaces',
    read: optional(z.coerce.string().regex(/^\S{16,200}$/)),
  },
  smtpUrl: {
    variable: 'THROUGHLINE_SMTP_URL',
    about: 'SMTP server that e-mail goes through',
    secret: 'address',
    allowed: 'smtp://user:password@host:587?from=shop@example.com&fromName=Shop, or smtps://…',
    read: optional(address('smtp:', 'smtps:')),
  },
  logLevel: {
    variable: 'THROUGHLINE_LOG_LEVEL',
    flag: '--log-level <level>',
    about: 'Lowest level that is logged',
    allowed: 'trace, debug, info, warn, error, fatal or silent',
    read: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  },
  logFormat: {
    variable: 'THROUGHLINE_LOG_FORMAT',
    about: 'json for one object a line, text for people',
    allowed: 'json or text',
    read: z.enum(['json', 'text']).default('text'),
  },
} as const satisfies Record<string, Setting<unknown>>

export type SettingName = keyof typeof settings

/** Everything that is configured, checked, defaulted and frozen. */
export type Config = { readonly [K in SettingName]: z.output<(typeof settings)[K]['read']> }
