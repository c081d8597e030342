import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { IngestError } from './errors.ts'
import { findSource, keyIn, type SourceFinder } from './write-key.ts'

/**
 * What published clients ask for besides sending: `@segment/analytics-next` its settings, `@rudderstack/analytics-js` its
 * source configuration, and a page the browser library itself, which is served unchanged from its npm package.
 */
export function registerClientFiles(app: FastifyInstance, sources: SourceFinder): void {
  app.get<{ Params: { key: string } }>('/v1/projects/:key/settings', async (request, reply) => {
    await findSource(request.params.key, sources)
    return answer(reply, analyticsSettings(request.params.key, request))
  })
  for (const url of ['/sourceConfig', '/sourceConfig/', '/v1/sourceConfig']) {
    app.get(url, async (request, reply) => {
      const key = keyIn(request.headers.authorization, request.url)
      const source = await findSource(key, sources)
      return answer(reply, sourceConfig(key ?? '', source))
    })
    app.options(url, async (_, reply) => reply.code(204).send())
  }
  app.get('/sdk/analytics.min.js', async (request, reply) => sendLibrary('standalone.js', request, reply, 'public, max-age=3600'))
  // The address under which Segment's own snippet loads it, so that a shop changes nothing but the host.
  app.get('/analytics.js/v1/:key/analytics.min.js', async (request, reply) =>
    sendLibrary('standalone.js', request, reply, 'public, max-age=3600'),
  )
  // Parts that the library loads when it needs them; their names change with their content.
  app.get<{ Params: { file: string } }>('/analytics-next/bundles/:file', async (request, reply) =>
    sendLibrary(request.params.file, request, reply, 'public, max-age=31536000, immutable'),
  )
}

function answer(reply: FastifyReply, body: object): FastifyReply {
  return reply.header('cache-control', 'public, max-age=60').header('content-type', 'application/json').send(JSON.stringify(body))
}

/** Settings as analytics-next 1.x reads them: one destination, this host; no metrics about itself. */
function analyticsSettings(key: string, request: FastifyRequest): object {
  const allowed = { __default: { enabled: true, integrations: {} } }
  return {
    integrations: {
      'Segment.io': {
        apiKey: key,
        apiHost: `${request.host}/v1`,
        protocol: request.protocol,
        unbundledIntegrations: [],
        addBundledMetadata: false,
        maybeBundledConfigIds: {},
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: { track: allowed, identify: { __default: { enabled: true } }, group: { __default: { enabled: true } } },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0, host: `${request.host}/v1`, protocol: request.protocol },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  }
}

/** Source configuration as RudderStack's SDKs read it: a source without destinations of its own. */
function sourceConfig(key: string, source: string): object {
  return {
    source: {
      id: source,
      name: source,
      writeKey: key,
      enabled: true,
      workspaceId: 'throughline',
      config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
      destinations: [],
      connections: [],
      dataplanes: {},
    },
  }
}

const folder = join(dirname(createRequire(import.meta.url).resolve('@segment/analytics-next')), '../umd')
const files = new Map<string, Promise<{ plain: Buffer; packed: Buffer }>>()

async function sendLibrary(name: string, request: FastifyRequest, reply: FastifyReply, cache: string): Promise<FastifyReply> {
  // Only names that the library's builder gives: no way out of the folder.
  if (!/^[A-Za-z0-9-]+(?:\.bundle\.[0-9a-f]+)?\.js$/.test(name)) throw unknownFile(name)
  let file = files.get(name)
  if (!file) {
    file = Promise.all([readFile(join(folder, name)), readFile(join(folder, `${name}.gz`))]).then(([plain, packed]) => ({ plain, packed }))
    files.set(name, file)
  }
  const { plain, packed } = await file.catch(() => {
    files.delete(name)
    throw unknownFile(name)
  })
  reply
    .header('content-type', 'text/javascript; charset=utf-8')
    .header('cache-control', cache)
    .header('vary', 'accept-encoding')
    .header('access-control-allow-origin', '*')
  if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(plain)
  return reply.header('content-encoding', 'gzip').send(packed)
}

function unknownFile(name: string): IngestError {
  return new IngestError('not-found', 'file_unknown', `There is no file "${name}" in the browser library.`, { field: 'file', value: name })
}
