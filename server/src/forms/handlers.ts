import type { FormBody, Person, Settings } from '@throughline/contracts'
import { resolveProfiles } from '../identity/index.ts'
import { readCursor, writeCursor, type Handlers } from '../platform/http/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { FormError } from './errors.ts'
import { snippetOf } from './snippet.ts'
import { bodyOf, insertForm, readForm, readForms, readUsage, setDeleted, updateForm } from './store.ts'
import { readSubmissions } from './submissions.ts'

export interface FormDeps {
  readonly pool: Pool
  readonly settings: () => Promise<Pick<Settings, 'baseUrl'>>
  findPeople(ids: readonly string[]): Promise<ReadonlyMap<string, Person>>
}

type FormRoute = 'forms' | 'form' | 'createForm' | 'setForm' | 'deleteForm' | 'restoreForm' | 'formSubmissions'

/** Handlers of the management API's routes about forms. */
export function makeFormHandlers({ pool, settings, findPeople }: FormDeps): Handlers<FormRoute> {
  return {
    async forms({ query }) {
      return { items: await readForms(pool, query.deleted === 'true') }
    },
    async form({ params }) {
      const [found, usedIn, { baseUrl }] = await Promise.all([readForm(pool, params.id), readUsage(pool, params.id), settings()])
      return { ...found, html: snippetOf(params.id, found, baseUrl), usedIn }
    },
    async createForm({ body, auth }) {
      await refuseTemplate(pool, body)
      return insertForm(pool, body, auth.name)
    },
    async setForm({ params, body, audit }) {
      audit.note({ before: bodyOf(await readForm(pool, params.id)), after: bodyOf(body) })
      await refuseTemplate(pool, body)
      return updateForm(pool, params.id, body)
    },
    async deleteForm({ params }) {
      const used = await readUsage(pool, params.id)
      if (used.length > 0) {
        const where = used.map(({ kind, name }) => `the ${kind} "${name}"`).join(', ')
        throw new FormError('conflict', 'form_in_use', `This form starts ${where}. Take it out there first.`, {
          field: 'id',
          value: params.id,
          allowed: 'a form that no definition names',
        })
      }
      await setDeleted(pool, params.id, Date.now())
      return { ok: true }
    },
    async restoreForm({ params }) {
      return setDeleted(pool, params.id, null)
    },
    async formSubmissions({ params, query }) {
      await readForm(pool, params.id)
      const behind = readCursor(query.cursor, [0, ''])
      const rows = await readSubmissions(pool, params.id, behind === undefined ? null : [behind[0], behind[1]], query.limit + 1)
      const shown = rows.slice(0, query.limit)
      const today = await resolveProfiles(
        pool,
        shown.map(({ profileId }) => profileId),
      )
      const people = await findPeople([...new Set(today.values())])
      const last = shown.at(-1)
      return {
        items: shown.map(({ profileId, at, askedUntil, confirmedAt }) => ({
          person: people.get(today.get(profileId) ?? profileId) ?? null,
          at,
          askedUntil,
          confirmedAt,
        })),
        next: rows.length > query.limit && last !== undefined ? writeCursor([last.at, last.messageId]) : null,
      }
    },
  }
}

/** @throws FormError `form_template_unfit` where the message of a confirmation could not lead to it */
async function refuseTemplate(pool: Pool, { confirmation }: FormBody): Promise<void> {
  if (confirmation === null) return
  const { rows } = await pool.query<{ body: { channel?: string } }>(
    `select body from definitions where kind = 'template' and id = $1::text order by version desc limit 1`,
    [confirmation.template],
  )
  const body = rows[0]?.body
  const fault =
    body === undefined
      ? 'is not there'
      : body.channel !== 'email'
        ? 'is no e-mail'
        : /\{\{-?\s*confirm_url\b/.test(JSON.stringify(body))
          ? null
          : 'does not hold the link {{ confirm_url }}'
  if (fault === null) return
  const allowed = 'the id of an e-mail template with {{ confirm_url }} in it'
  throw new FormError('bad-input', 'form_template_unfit', `The template "${confirmation.template}" ${fault}; allowed: ${allowed}.`, {
    field: 'confirmation.template',
    value: confirmation.template,
    allowed,
  })
}
