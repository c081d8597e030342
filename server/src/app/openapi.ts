import { errorSchema, routes, type Access, type Route } from '@throughline/contracts'
import { z } from 'zod'

type JsonSchema = Record<string, unknown>
type Components = Record<string, unknown>

const whoMay: { readonly [A in Access]: string } = {
  public: 'Anybody.',
  viewer: 'A signed-in user or an API key with the role viewer, editor or admin.',
  editor: 'A signed-in user or an API key with the role editor or admin.',
  admin: 'A signed-in user or an API key with the role admin.',
  'write-key': 'The write key of a source.',
  person: 'The bearer of a signed token for one person.',
}

/** The management API as an OpenAPI 3.1 document, made from the table of routes that the server registers. */
export function makeOpenApi(version: string): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {}
  const components: Components = {}
  components.Error = schemaOf(errorSchema, 'output', components)
  for (const [name, route] of Object.entries(routes) as [string, Route][]) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    ;(paths[path] ??= {})[route.method.toLowerCase()] = describeRoute(name, route, components)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Throughline management API', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key of Settings, API keys.' },
        session: { type: 'apiKey', in: 'cookie', name: 'throughline_session', description: 'What a browser holds after signing in.' },
      },
    },
  }
}

function describeRoute(name: string, route: Route, components: Components): JsonSchema {
  const parameters = [...parametersOf('path', route.params, components), ...parametersOf('query', route.query, components)]
  const type = route.stream ? 'text/event-stream' : (route.download ?? 'application/json')
  return {
    operationId: name,
    summary: route.summary,
    description: `Who may call it: ${whoMay[route.access]}`,
    ...(route.access === 'public' ? { security: [] } : { security: [{ apiKey: [] }, { session: [] }] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.upload && {
      requestBody: { required: true, content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } },
    }),
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input', components) } } } }),
    responses: {
      200: {
        description: route.stream ? 'Server-sent events; the data of each is one of these.' : route.download ? 'The file.' : 'Done.',
        content: { [type]: { schema: schemaOf(route.response, 'output', components) } },
      },
      default: {
        description: 'Refused; docs/errors.md explains each code.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  }
}

function parametersOf(place: 'path' | 'query', schema: z.ZodObject | undefined, components: Components): JsonSchema[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input', components) as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }))
}

/** A schema as OpenAPI wants it: what it refers to moves into the document's components, under a name of its own for what callers send. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Components): JsonSchema {
  const suffix = io === 'input' ? 'Input' : ''
  const text = JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }))
  const {
    $schema: _,
    $defs = {},
    ...rest
  } = JSON.parse(text.replace(/"#\/\$defs\/(\w+)"/g, `"#/components/schemas/$1${suffix}"`)) as JsonSchema & { $defs?: Components }
  for (const [name, definition] of Object.entries($defs)) components[name + suffix] = definition
  return rest
}
