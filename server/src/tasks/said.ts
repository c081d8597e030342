import type { TaskEffect } from '@throughline/engine'
import { binary, type Statement } from '../platform/postgres/index.ts'

/** A task as the pipeline writes it; times are epoch ms. */
export interface TaskRequest extends Omit<TaskEffect, 'kind'> {
  readonly shard: number
  readonly profileId: string
}

const WRITE = `
insert into task_requests (shard, profile_id, id, run_id, step, journey_id, title, body, assignee, task_due_at, email, variables, made_at)
select * from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bool[],
  $12::jsonb[], $13::bigint[])
on conflict do nothing`

/** Writes tasks in the transaction of the pipeline in which the runs pass their steps. */
export function taskRequestStatement(requests: readonly TaskRequest[]): Statement {
  const text = (pick: (request: TaskRequest) => string): Buffer => binary.textArray(requests.map(pick))
  return {
    name: 'task-requests-write',
    text: WRITE,
    values: [
      binary.int2Array(requests.map(({ shard }) => shard)),
      binary.uuidArray(requests.map(({ profileId }) => profileId)),
      text(({ id }) => id),
      text(({ run }) => run),
      text(({ step }) => step),
      text(({ journey }) => journey),
      text(({ title }) => title),
      text((request) => request.text),
      text(({ assignee }) => assignee),
      binary.int8Array(requests.map(({ dueAt }) => (dueAt === null ? null : Math.floor(dueAt)))),
      binary.boolArray(requests.map(({ email }) => email)),
      binary.jsonbArray(requests.map(({ variables }) => JSON.stringify(variables))),
      binary.int8Array(requests.map(({ at }) => Math.floor(at))),
    ],
  }
}
