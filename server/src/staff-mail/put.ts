import { binary, type Db } from '../platform/postgres/index.ts'

/** One thing that somebody of the shop is to be told. */
export interface StaffMail {
  /** Told once, however often it is put. */
  readonly id: string
  readonly address: string
  readonly subject: string
  readonly body: string
  /** Where in the console it is about: `/tasks?task=…`. */
  readonly link: string
  /** Whom it is about; with the person it is forgotten. */
  readonly profileId: string | null
}

const PUT = `
insert into staff_mails (id, address, subject, body, link, profile_id, created_at)
select *, $7::bigint from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[]) on conflict do nothing`

/** Writes what is to be told, in the caller's transaction. @param at from when on it may go out, epoch ms */
export async function putStaffMails(db: Db, mails: readonly StaffMail[], at: number): Promise<void> {
  if (mails.length === 0) return
  const text = (pick: (mail: StaffMail) => string): Buffer => binary.textArray(mails.map(pick))
  await db.query(PUT, [
    text(({ id }) => id),
    text(({ address }) => address),
    text(({ subject }) => subject),
    text(({ body }) => body),
    text(({ link }) => link),
    binary.uuidArray(mails.map(({ profileId }) => profileId)),
    at,
  ])
}

// What is planned already may be on its way.
const DROP = 'delete from staff_mails where mail_id is null and sent_at is null and starts_with(id, $1::text)'

/** Takes back what was put under ids that begin so, and has not been planned: it is not so any more. */
export async function dropStaffMails(db: Db, idsFrom: string): Promise<void> {
  await db.query(DROP, [idsFrom])
}
