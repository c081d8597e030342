import type { JsonObject } from '@throughline/contracts'
import type { AskEffect } from '@throughline/engine'
import { binary, type Db, type Statement } from '../../platform/postgres/index.ts'

/** A call that a run waits for, as the pipeline writes it. */
export interface StepRequest extends Pick<AskEffect, 'id' | 'run' | 'step' | 'template' | 'templateVersion' | 'variables' | 'keep'> {
  readonly shard: number
  readonly profileId: string
  /** Epoch ms, as `until`, from when on no answer is waited for. */
  readonly at: number
  readonly until: number
}

/** A call that is this process's to make, for a while. */
export interface ClaimedRequest extends StepRequest {
  /** How often it was begun, this time included. */
  readonly attempts: number
}

/** How long a call belongs to one process; more than twice as long as an attempt may take. */
const CLAIM_MS = 30_000
const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint'

const WRITE = `
insert into step_requests (shard, profile_id, id, run_id, step, template, template_version, variables, keep, asked_at, until, due_at)
select r.*, r.at from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::jsonb[], $9::jsonb[], $10::bigint[], $11::bigint[])
  as r (shard, profile_id, id, run_id, step, template, template_version, variables, keep, at, until)
on conflict do nothing`

/** Writes calls in the transaction of the pipeline in which the runs begin to wait. */
export function requestStatement(requests: readonly StepRequest[]): Statement {
  const text = (pick: (request: StepRequest) => string): Buffer => binary.textArray(requests.map(pick))
  return {
    name: 'step-requests-write',
    text: WRITE,
    values: [
      binary.int2Array(requests.map(({ shard }) => shard)),
      binary.uuidArray(requests.map(({ profileId }) => profileId)),
      text(({ id }) => id),
      text(({ run }) => run),
      text(({ step }) => step),
      text(({ template }) => template),
      binary.int4Array(requests.map(({ templateVersion }) => templateVersion)),
      binary.jsonbArray(requests.map(({ variables }) => JSON.stringify(variables))),
      binary.jsonbArray(requests.map(({ keep }) => JSON.stringify(keep))),
      binary.int8Array(requests.map(({ at }) => at)),
      binary.int8Array(requests.map(({ until }) => until)),
    ],
  }
}

// Those that another process takes just now are left out; whose claim is over without an answer comes again.
const CLAIM = `
with due as (select shard, profile_id, id from step_requests where due_at <= ${NOW} order by due_at limit $1::int for update skip locked)
update step_requests r set due_at = ${NOW} + ${CLAIM_MS}, attempts = r.attempts + 1
from due d where r.shard = d.shard and r.profile_id = d.profile_id and r.id = d.id
returning r.*`

interface Row {
  [column: string]: unknown
  readonly shard: number
  readonly profile_id: string
  readonly id: string
  readonly run_id: string
  readonly step: string
  readonly template: string
  readonly template_version: number
  readonly variables: JsonObject
  readonly keep: { readonly [name: string]: string }
  readonly asked_at: number
  readonly until: number
  readonly attempts: number
}

/** Takes the calls that are due, at most so many, the oldest first. */
export async function claimRequests(db: Db, most: number): Promise<ClaimedRequest[]> {
  const { rows } = await db.query<Row>({ name: 'step-requests-claim', text: CLAIM, values: [most] })
  return rows.map((row) => ({
    shard: row.shard,
    profileId: row.profile_id,
    id: row.id,
    run: row.run_id,
    step: row.step,
    template: row.template,
    templateVersion: row.template_version,
    variables: row.variables,
    keep: row.keep,
    at: row.asked_at,
    until: row.until,
    attempts: row.attempts,
  }))
}

const key = ({ shard, profileId, id, attempts }: ClaimedRequest): unknown[] => [shard, profileId, id, attempts]
const WHERE = 'where shard = $1::smallint and profile_id = $2::uuid and id = $3::text and attempts = $4::int'

/** Ends a call. @returns whether it was still this process's: only then is its answer told */
export async function endRequest(db: Db, request: ClaimedRequest): Promise<boolean> {
  const { rowCount } = await db.query(`delete from step_requests ${WHERE}`, key(request))
  return rowCount === 1
}

/** Puts a call off for so many ms. */
export async function putOff(db: Db, request: ClaimedRequest, ms: number): Promise<void> {
  await db.query(`update step_requests set due_at = ${NOW} + $5::bigint ${WHERE}`, [...key(request), Math.ceil(ms)])
}
