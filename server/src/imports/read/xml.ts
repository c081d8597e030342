import sax from 'sax'
import { FileImportError } from '../errors.ts'
import { asDamage, unreadable } from './bytes.ts'

/** An element as it opens; names without their prefix. */
export interface Element {
  readonly name: string
  readonly attributes: { readonly [name: string]: string | undefined }
}

interface Handlers {
  open?(element: Element): void
  text?(piece: string): void
  close?(name: string): void
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1)

/** Parses a stream of XML, and after each piece of it yields how many bytes that was. What handlers throw ends it. */
export async function* parseXml(stream: AsyncIterable<Uint8Array>, handlers: Handlers): AsyncGenerator<number> {
  const parser = sax.parser(true, { trim: false, normalize: false })
  let failure: unknown
  parser.onerror = (error) => {
    failure ??= error
    parser.resume()
  }
  parser.onopentag = ({ name, attributes }) => {
    const plain: { [name: string]: string } = {}
    for (const [key, value] of Object.entries(attributes)) plain[local(key)] = String(value)
    handlers.open?.({ name: local(name), attributes: plain })
  }
  parser.ontext = (piece) => handlers.text?.(piece)
  parser.oncdata = (piece) => handlers.text?.(piece)
  parser.onclosetag = (name) => handlers.close?.(local(name))
  const decoder = new TextDecoder('utf-8')
  try {
    for await (const chunk of stream) {
      parser.write(decoder.decode(chunk, { stream: true }))
      if (failure !== undefined) throw asFailure(failure)
      yield chunk.length
    }
  } catch (error) {
    throw asDamage(error, 'its parts are damaged or cut off')
  }
  parser.close()
  if (failure !== undefined) throw asFailure(failure)
}

function asFailure(error: unknown): FileImportError {
  if (error instanceof FileImportError) return error
  return unreadable(`its XML is broken (${error instanceof Error ? error.message.replaceAll('\n', ', ') : String(error)})`, error)
}
