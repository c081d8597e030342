import { templateSchema, type ChannelKind, type TemplateDefinition } from '@throughline/contracts'
import { LRUCache } from 'lru-cache'
import type { Db } from '../platform/postgres/index.ts'
import { compileTemplate, type CompiledTemplate } from './compile.ts'
import { TemplateError } from './errors.ts'

/** Published templates, compiled once per version. */
export interface TemplateStore {
  /**
   * @param subject stands in place of its subject line or title
   * Throws {@link TemplateError} when there is no such version, it is for another channel, or it cannot be compiled.
   */
  load<C extends ChannelKind>(channel: C, id: string, version: number, subject?: string | null): Promise<CompiledTemplate<C>>
}

/** A published version never changes, so what was compiled once stays right. */
export function makeTemplateStore(db: Db): TemplateStore {
  const cache = new LRUCache<string, Promise<CompiledTemplate>>({ max: 300 })

  async function read(id: string, version: number, subject: string | null): Promise<CompiledTemplate> {
    const { rows } = await db.query<{ body: unknown }>(
      `select body from definitions where kind = 'template' and id = $1::text and version = $2::integer`,
      [id, version],
    )
    if (rows[0] === undefined)
      throw new TemplateError('not-found', 'template_unknown', `There is no template "${id}" in version ${version}.`, {
        field: 'template',
        value: id,
      })
    const definition: TemplateDefinition = templateSchema.parse(rows[0].body)
    return compileTemplate(subject === null ? definition : withSubject(definition, subject))
  }

  return {
    async load<C extends ChannelKind>(channel: C, id: string, version: number, subject: string | null = null) {
      const key = subject === null ? `${id}@${version}` : `${id}@${version} ${subject}`
      let found = cache.get(key)
      if (found === undefined) {
        found = read(id, version, subject)
        cache.set(key, found)
        // The database may only have been away: the next message asks again.
        found.catch(() => cache.delete(key))
      }
      const template = await found
      if (template.definition.channel !== channel)
        throw new TemplateError(
          'bad-input',
          'template_unknown',
          `Template "${id}" is for ${template.definition.channel}, not for ${channel}.`,
          { field: 'template', value: id },
        )
      return template as unknown as CompiledTemplate<C>
    },
  }
}

function withSubject(definition: TemplateDefinition, subject: string): TemplateDefinition {
  if ('subject' in definition) return { ...definition, subject }
  return 'title' in definition && definition.title !== undefined ? { ...definition, title: subject } : definition
}
