import { templateSchema, type ChannelKind, type TemplateDefinition } from '@throughline/contracts'
import { LRUCache } from 'lru-cache'
import type { Db } from '../platform/postgres/index.ts'
import { compileTemplate, type CompiledTemplate } from './compile.ts'
import { TemplateError } from './errors.ts'

/** Published templates, compiled once per version. */
export interface TemplateStore {
  /** Throws {@link TemplateError} when there is no such version, it is for another channel, or it cannot be compiled. */
  load<C extends ChannelKind>(channel: C, id: string, version: number): Promise<CompiledTemplate<C>>
}

/** A published version never changes, so what was compiled once stays right. */
export function makeTemplateStore(db: Db): TemplateStore {
  const cache = new LRUCache<string, Promise<CompiledTemplate>>({ max: 300 })

  async function read(id: string, version: number): Promise<CompiledTemplate> {
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
    return compileTemplate(definition)
  }

  return {
    async load<C extends ChannelKind>(channel: C, id: string, version: number) {
      const key = `${id}@${version}`
      let found = cache.get(key)
      if (found === undefined) {
        found = read(id, version)
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
