import { roles, type Account, type Role } from '@throughline/contracts'
import { v7 as makeId } from 'uuid'
import type { Db } from '../platform/postgres/index.ts'
import { AccountError } from './errors.ts'

interface Row {
  [key: string]: unknown
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly created_at: number
  readonly has_password: boolean
}

const COLUMNS = 'id, email, role, created_at, password_hash is not null as has_password'

/** Who can sign in, those who could first before the others. */
export async function listAccounts(db: Db): Promise<Account[]> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from users order by created_at, id`)
  return rows.map(toAccount)
}

/** Adds an account, which nobody has. Throws `account_exists`. */
export async function createAccount(db: Db, email: string, role: Role): Promise<Account> {
  const address = email.trim().toLowerCase()
  const { rows } = await db.query<Row>(
    `insert into users (id, email, role) values ($1::uuid, $2::text, $3::text) on conflict (email) do nothing returning ${COLUMNS}`,
    [makeId(), address, role],
  )
  if (rows[0] === undefined)
    throw new AccountError(
      'conflict',
      'account_exists',
      `There is an account of ${address} already. Make a new sign-in link for it instead.`,
      {
        field: 'email',
        value: address,
        allowed: 'an address that has no account',
      },
    )
  return toAccount(rows[0])
}

/** One account, locked until the transaction ends. Throws `account_unknown`. */
export async function lockAccount(db: Db, id: string): Promise<Account> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from users where id::text = $1::text for update`, [id])
  if (rows[0] === undefined)
    throw new AccountError('not-found', 'account_unknown', `There is no account "${id}"; it may have been removed already.`, {
      field: 'id',
      value: id,
    })
  return toAccount(rows[0])
}

/**
 * Gives an account another role. Whoever may do less from now on is signed out everywhere.
 * @param by id of who asks for it
 * @returns what it was, and what it is
 * @throws AccountError `account_unknown`; `account_kept` for the caller's own and for the last admin
 */
export async function setRole(db: Db, id: string, role: Role, by: string): Promise<{ readonly before: Account; readonly after: Account }> {
  const before = await lockOther(db, id, by, role === 'admin' ? null : 'change')
  await db.query('update users set role = $2::text where id::text = $1::text', [id, role])
  if (roles.indexOf(role) < roles.indexOf(before.role)) await db.query('delete from sessions where user_id::text = $1::text', [id])
  return { before, after: { ...before, role } }
}

/**
 * Removes an account with its sessions and links, and answers what it was.
 * @param by id of who asks for it
 * @throws AccountError `account_unknown`; `account_kept` for the caller's own and for the last admin
 */
export async function deleteAccount(db: Db, id: string, by: string): Promise<Account> {
  const account = await lockOther(db, id, by, 'remove')
  await db.query('delete from users where id::text = $1::text', [id])
  return account
}

/** An account that is not the caller's, locked; nor the last admin's, where it is to be one no more. */
async function lockOther(db: Db, id: string, by: string, losing: 'remove' | 'change' | null): Promise<Account> {
  // Admins are locked in one order, so that of two who remove each other one stays.
  const { rows: admins } = await db.query<{ id: string }>(`select id::text as id from users where role = 'admin' order by id for update`)
  const account = await lockAccount(db, id)
  const why =
    id === by
      ? `This is your own account. Let another admin ${losing ?? 'change'} it.`
      : losing !== null && account.role === 'admin' && admins.length === 1
        ? `${account.email} is the only admin. Add another one first.`
        : null
  if (why !== null) throw new AccountError('conflict', 'account_kept', why, { field: 'id', value: id })
  return account
}

function toAccount({ id, email, role, created_at, has_password }: Row): Account {
  return { id, email, role, createdAt: Math.floor(created_at), hasPassword: has_password }
}
