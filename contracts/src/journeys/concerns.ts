import { z } from 'zod'
import { comparedNumberSchema, comparedVersionSchema, conditionSchema, dateTextSchema, type Condition } from '../conditions/index.ts'

const pattern = /^\{event\.([^{}\s]+)\}$/

/** A property of the shop's event that stands for a value: `{event.price}`, `{event.variant.sku}`. */
const eventValueSchema = z
  .string()
  .regex(pattern)
  .meta({ id: 'EventValue', examples: ['{event.price}'] })

/** The path of the property, when the text is one reference to an event of the shop and nothing else. */
export function eventValuePath(text: string): string | undefined {
  return pattern.exec(text)?.[1]
}

const orEventValue = (schema: z.core.$ZodType, what: string): z.core.$ZodType =>
  // Of an exclusive union it says both ways at once, where an ordinary one would say what is wrong with one of them.
  z.xor([schema, eventValueSchema], { error: `write ${what}, or a property of the event such as {event.price}` })

/** What has been rewritten so far, so that a schema which comes back to itself does so here too. */
const rewritten = new Map<z.core.$ZodType, z.core.$ZodType>([
  [comparedNumberSchema, orEventValue(comparedNumberSchema, 'a number')],
  [comparedVersionSchema, orEventValue(comparedVersionSchema, 'a version such as "4.12"')],
  [dateTextSchema, orEventValue(dateTextSchema, 'a day such as "2026-05-01"')],
])

/** The schema with references allowed wherever it wants a compared number, a version or a date; itself where it wants none. */
function rewrite(schema: z.core.$ZodType): z.core.$ZodType {
  const known = rewritten.get(schema)
  if (known !== undefined) return known
  const made = rebuild(schema)
  const meta = z.globalRegistry.get(schema)
  const named = made === schema || meta?.id === undefined ? made : (made as z.ZodType).meta({ ...meta, id: `Concerns${meta.id}` })
  rewritten.set(schema, named)
  return named
}

function rebuild(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodLazy) return z.lazy(() => rewrite(schema.unwrap()))
  if (schema instanceof z.ZodObject) {
    const shape = Object.fromEntries(Object.entries(schema.shape).map(([key, field]) => [key, rewrite(field)]))
    return Object.entries(schema.shape).every(([key, field]) => shape[key] === field) ? schema : z.clone(schema, { ...schema.def, shape })
  }
  if (schema instanceof z.ZodUnion) {
    const options = schema.options.map(rewrite)
    return options.every((option, index) => option === schema.options[index]) ? schema : z.clone(schema, { ...schema.def, options })
  }
  if (schema instanceof z.ZodArray) {
    const element = rewrite(schema.element)
    return element === schema.element ? schema : z.clone(schema, { ...schema.def, element })
  }
  if (schema instanceof z.ZodOptional) {
    const innerType = rewrite(schema.def.innerType)
    return innerType === schema.def.innerType ? schema : z.clone(schema, { ...schema.def, innerType })
  }
  return schema
}

/**
 * A condition on people in which a whole reference to the shop's event, `{event.price}`, may also stand for a compared number, a
 * version or a date. It is typed as a condition all the same: until its references are filled in, nothing but its words may be asked
 * of it.
 */
export const concernsSchema = rewrite(conditionSchema) as z.ZodType<Condition>
