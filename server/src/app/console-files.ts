import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answerFailure, HttpFailure } from '../platform/http/index.ts'

/** Where the built console is, seen from this file or from the bundle that it became part of; null when it was not built. */
export function findConsole(from: string = dirname(fileURLToPath(import.meta.url))): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'console', 'dist')
    if (existsSync(join(candidate, 'index.html'))) return candidate
    if (dirname(folder) === folder) return null
  }
}

/**
 * Serves the console. Its pages have addresses of their own, so every address that nobody else answers, and that a browser
 * asks for as a page, gets the console's one page; everything else gets a JSON 404.
 */
export async function registerConsole(app: FastifyInstance, folder: string | null): Promise<void> {
  if (folder !== null) {
    await app.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      index: false,
      cacheControl: false,
      setHeaders(reply, path) {
        // Vite puts a hash of the content into the names below assets/; everything else may change under its name.
        reply.header('cache-control', /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.get('/', async (_request, reply) => (folder === null ? reply.type('text/html').send(NOT_BUILT) : reply.sendFile('index.html')))
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? request.url
    const asksForPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html') && !path.includes('.')
    if (asksForPage) return folder === null ? reply.type('text/html').send(NOT_BUILT) : reply.sendFile('index.html')
    return answerFailure(
      new HttpFailure('not-found', 'route_unknown', `There is no ${path}.`, { field: 'path', value: path }),
      request,
      reply,
    )
  })
}

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Throughline</title>
<p>The server runs, and the console is not built yet. <code>npm run build</code> builds it; then start the server again.</p></html>`
