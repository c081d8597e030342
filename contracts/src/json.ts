import { z } from 'zod'

/** Plain JSON data, as it is parsed at the edge and kept everywhere inside. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

export const jsonSchema: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(jsonSchema), z.record(z.string(), jsonSchema)]),
)
export const jsonObjectSchema: z.ZodType<JsonObject> = z.record(z.string(), jsonSchema)

/**
 * The value at a dotted path (`"address.city"`), or `undefined` where there is none.
 * Keys that themselves hold a dot are refused where they would clash, so a path is never ambiguous.
 */
export function valueAt(data: JsonObject, path: string): Json | undefined {
  const direct = data[path]
  if (direct !== undefined || !path.includes('.')) return direct
  let at: Json | undefined = data
  for (const key of path.split('.')) {
    if (at === null || typeof at !== 'object' || Array.isArray(at)) return undefined
    at = (at as JsonObject)[key]
    if (at === undefined) return undefined
  }
  return at
}
