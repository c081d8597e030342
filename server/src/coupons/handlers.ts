import type { Person } from '@throughline/contracts'
import { resolveProfiles } from '../identity/index.ts'
import { readCursor, writeCursor, type Handlers } from '../platform/http/index.ts'
import { withTransaction, type Pool } from '../platform/postgres/index.ts'
import { addCodes } from './add-codes.ts'
import { CouponError } from './errors.ts'
import { countCodes } from './counts.ts'
import { maskCode, readGiven } from './given.ts'
import { FIRST_CODES_MS, noteLevels, noteLevelsOf } from './levels.ts'
import { openCode } from './put-aside.ts'
import type { Sealing } from './seal.ts'
import { insertPool, readPool, readPools, readUsage, requirePool, setDeleted, updatePool } from './store.ts'

export interface CouponDeps {
  readonly pool: Pool
  readonly secrets: Sealing
  findPeople(ids: readonly string[]): Promise<ReadonlyMap<string, Person>>
}

type CouponRoute =
  | 'couponPools'
  | 'couponPool'
  | 'createCouponPool'
  | 'setCouponPool'
  | 'deleteCouponPool'
  | 'restoreCouponPool'
  | 'addCodes'
  | 'removeFreeCodes'
  | 'givenCodes'

const REMOVE = 'delete from coupon_codes where pool_id = $1::text and given_at is null and redeemed_at is null'
const REMOVE_ASIDE = 'delete from coupon_codes_aside where pool_id = $1::text'

/** Handlers of pools of coupon codes. */
export function makeCouponHandlers({ pool: db, secrets, findPeople }: CouponDeps): Handlers<CouponRoute> {
  const noteLevel = (pool: string): Promise<void> => noteLevelsOf(db, [pool], Date.now())
  return {
    async couponPools({ query }) {
      return { items: await readPools(db, query.deleted === 'true') }
    },
    async couponPool({ params }) {
      const [found, usedIn] = await Promise.all([readPool(db, params.id), readUsage(db, params.id)])
      return { ...found, usedIn }
    },
    async createCouponPool({ body, auth }) {
      return withTransaction(db, async (client) => {
        const { id } = await insertPool(client, body, auth.name)
        const now = Date.now()
        // Without a number nobody asked to hear of a pool that is still to be filled.
        if (body.alertAt !== null) await noteLevels(client, [id], now, now + FIRST_CODES_MS)
        return readPool(client, id)
      })
    },
    async setCouponPool({ params, body, audit }) {
      const { name, value, expires, alertAt, alertTo } = await readPool(db, params.id)
      audit.note({ before: { name, value, expires, alertAt, alertTo }, after: { ...body } })
      await updatePool(db, params.id, body)
      await noteLevel(params.id)
      return readPool(db, params.id)
    },
    async deleteCouponPool({ params }) {
      const used = await readUsage(db, params.id)
      if (used.length > 0) {
        const where = used.map(({ kind, name }) => `the ${kind} "${name}"`).join(', ')
        throw new CouponError('conflict', 'pool_in_use', `This pool is used in ${where}. Take it out there first.`, {
          field: 'id',
          value: params.id,
          allowed: 'a pool that no definition uses',
        })
      }
      await setDeleted(db, params.id, Date.now())
      return { ok: true }
    },
    async restoreCouponPool({ params }) {
      return setDeleted(db, params.id, null)
    },
    async addCodes({ params, upload, audit }) {
      await requirePool(db, params.id)
      const answer = await addCodes(db, secrets, params.id, upload)
      audit.note({ after: { added: answer.added, refused: answer.refused } })
      await noteLevel(params.id)
      return answer
    },
    async removeFreeCodes({ params, audit }) {
      await requirePool(db, params.id)
      const removed = await withTransaction(db, async (client) => {
        const free = (await client.query(REMOVE, [params.id])).rowCount ?? 0
        const unreadable = (await client.query(REMOVE_ASIDE, [params.id])).rowCount ?? 0
        await countCodes(client, [{ pool: params.id, free: -free, unreadable: -unreadable }])
        return free + unreadable
      })
      audit.note({ after: { removed } })
      await noteLevel(params.id)
      return { removed }
    },
    async givenCodes({ params, query }) {
      await readPool(db, params.id)
      const behind = readCursor(query.cursor, [0, 0])
      const rows = await readGiven(db, params.id, behind === undefined ? null : [behind[0], behind[1]], query.limit + 1)
      const shown = rows.slice(0, query.limit)
      const today = await resolveProfiles(
        db,
        shown.flatMap(({ profileId }) => (profileId === null ? [] : [profileId])),
      )
      const people = await findPeople([...new Set(today.values())])
      const personOf = (id: string): Person | null => people.get(today.get(id) ?? id) ?? null
      const last = shown.at(-1)
      return {
        items: shown.map(({ code, profileId, journey, givenAt, redeemedAt }) => ({
          code: showCode(openCode(secrets, code)),
          person: profileId === null ? null : personOf(profileId),
          journey,
          givenAt,
          redeemedAt,
        })),
        next: rows.length > query.limit && last !== undefined ? writeCursor([last.givenAt, last.n]) : null,
      }
    },
  }
}

const showCode = (code: string | null): string => (code === null ? 'cannot be opened' : maskCode(code))
