import sax from 'sax'
import { ConnectorError } from '../../errors.ts'

export interface Listed {
  readonly name: string
  readonly etag: string
  /** Bytes. */
  readonly size: number
  /** Epoch ms. */
  readonly modified: number
}

export interface S3Answer {
  readonly objects: readonly Listed[]
  /** Where the next page begins; null behind the last one. */
  readonly next: string | null
  /** The code of an error. */
  readonly code: string | null
}

/** A page of a thousand objects has some 400 KB. */
const MAX_BYTES = 8 * 2 ** 20

/** Reads the XML of a listing or of an error. @throws ConnectorError `pull_unavailable` when it is neither */
export async function readAnswer(body: AsyncIterable<Uint8Array>): Promise<S3Answer> {
  const parser = sax.parser(true, { trim: true })
  const path: string[] = []
  const objects: Listed[] = []
  let entry: Record<string, string> = {}
  const top: Record<string, string> = {}
  let root = ''
  let failure: Error | null = null
  parser.onerror = (error) => {
    failure ??= error
    parser.resume()
  }
  parser.onopentag = ({ name }) => {
    path.push(name)
    if (path.length === 1) root = name
    if (path.length === 2 && name === 'Contents') entry = {}
  }
  const onText = (text: string): void => {
    const name = path.at(-1) ?? ''
    const into = path.length === 2 ? top : path.length === 3 && path[1] === 'Contents' ? entry : null
    if (into !== null) into[name] = (into[name] ?? '') + text
  }
  parser.ontext = onText
  parser.oncdata = onText
  parser.onclosetag = (name) => {
    if (path.length === 2 && name === 'Contents')
      objects.push({
        // Names come as in an address, since XML cannot hold all that a name may (encoding-type=url).
        name: decodeURIComponent((entry.Key ?? '').replaceAll('+', ' ')),
        etag: entry.ETag ?? '',
        size: Number(entry.Size ?? 0),
        modified: Date.parse(entry.LastModified ?? '') || 0,
      })
    path.pop()
  }
  const decoder = new TextDecoder()
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw unreadable()
    parser.write(decoder.decode(chunk, { stream: true }))
    if (failure !== null) throw unreadable(failure)
  }
  if (root !== 'ListBucketResult' && root !== 'Error') throw unreadable()
  return { objects, next: top.IsTruncated === 'true' ? (top.NextContinuationToken ?? null) : null, code: top.Code ?? null }
}

function unreadable(cause?: unknown): ConnectorError {
  return new ConnectorError(
    'unavailable',
    'pull_unavailable',
    'The endpoint answered something that is not the S3 protocol. Check its address; that of a web page of the bucket will not do.',
    { cause },
  )
}
