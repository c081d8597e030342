import {
  errorSchema,
  routes,
  type JourneyDefinition,
  type Rehearsal,
  type RehearsalNews,
  type TemplateDefinition,
} from '@throughline/contracts'
import { ApiFailure } from './failure.ts'

/**
 * Runs a draft over the last days of history, and tells how far it is. An aborted `signal` ends it on the server too.
 * Throws an {@link ApiFailure}; an aborted one rejects with the browser's AbortError.
 */
export async function rehearse(
  input: { readonly definition: JourneyDefinition; readonly days: number; readonly templates?: readonly TemplateDefinition[] },
  tell: (news: Extract<RehearsalNews, { kind: 'progress' }>) => void,
  signal: AbortSignal,
): Promise<Rehearsal> {
  const { method, path, response: newsSchema } = routes.rehearseJourney
  const request = `${method} ${path}`
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify(input),
    signal,
  }).catch((cause: unknown) => {
    if (signal.aborted) throw cause
    throw new ApiFailure({ kind: 'unreachable', request, status: 0, message: 'no answer', cause })
  })
  if (!response.ok || response.body === null) {
    const answer = errorSchema.safeParse(await response.json().catch(() => null))
    throw new ApiFailure({
      kind: response.status >= 500 ? 'broken' : 'refused',
      request,
      status: response.status,
      answer: answer.success ? answer.data : null,
      message: answer.success ? answer.data.message : `HTTP ${response.status}`,
    })
  }
  for await (const data of readData(response.body)) {
    const news = newsSchema.parse(JSON.parse(data))
    switch (news.kind) {
      case 'progress':
        tell(news)
        break
      case 'failed':
        throw new ApiFailure({ kind: 'refused', request, status: 200, answer: news, message: news.message })
      case 'done':
        return news.rehearsal
      default:
        news satisfies never
    }
  }
  throw new ApiFailure({ kind: 'unreachable', request, status: 200, message: 'the answer broke off' })
}

/** The data of each event of a stream (WHATWG HTML, "server-sent events"); ours are one line each. */
async function* readData(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('data: ')) yield line.slice('data: '.length)
  }
}
