import { binary, type Statement } from '../platform/postgres/index.ts'

/** A code that a run waits for, as the pipeline writes it; times are epoch ms. */
export interface CouponRequest {
  readonly shard: number
  readonly profileId: string
  readonly id: string
  readonly run: string
  readonly step: string
  readonly journey: string
  readonly pool: string
  readonly perRun: boolean
  readonly at: number
  /** No code is waited for any more from then on. */
  readonly until: number
}

/** A code that an order of somebody carried. */
export interface CouponUse {
  readonly shard: number
  readonly profileId: string
  readonly code: string
  readonly at: number
}

const REQUEST = `
insert into coupon_requests (shard, profile_id, id, run_id, step, journey_id, pool_id, per_run, due_at, until)
select * from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bool[], $9::bigint[], $10::bigint[])
on conflict do nothing`

/** Writes requests in the transaction of the pipeline in which the runs begin to wait. */
export function couponRequestStatement(requests: readonly CouponRequest[]): Statement {
  const text = (pick: (request: CouponRequest) => string): Buffer => binary.textArray(requests.map(pick))
  return {
    name: 'coupon-requests-write',
    text: REQUEST,
    values: [
      binary.int2Array(requests.map(({ shard }) => shard)),
      binary.uuidArray(requests.map(({ profileId }) => profileId)),
      text(({ id }) => id),
      text(({ run }) => run),
      text(({ step }) => step),
      text(({ journey }) => journey),
      text(({ pool }) => pool),
      binary.boolArray(requests.map(({ perRun }) => perRun)),
      binary.int8Array(requests.map(({ at }) => at)),
      binary.int8Array(requests.map(({ until }) => until)),
    ],
  }
}

const USE =
  'insert into coupon_uses (shard, profile_id, code, at) select * from unnest($1::smallint[], $2::uuid[], $3::text[], $4::bigint[])'

/** Notes codes that orders carried, in the transaction of the pipeline that hears the orders. */
export function couponUseStatement(uses: readonly CouponUse[]): Statement {
  return {
    name: 'coupon-uses-write',
    text: USE,
    values: [
      binary.int2Array(uses.map(({ shard }) => shard)),
      binary.uuidArray(uses.map(({ profileId }) => profileId)),
      binary.textArray(uses.map(({ code }) => code)),
      binary.int8Array(uses.map(({ at }) => at)),
    ],
  }
}
