import { errorSchema, routes } from '@throughline/contracts'
import type { Route, RouteName, RouteResponse } from '@throughline/contracts'
import { addressOf } from './client.ts'
import type { CallInput } from './client.ts'
import { ApiFailure } from './failure.ts'

/** Sends a file to a route that takes one; `onProgress` hears how much of it has gone, 0 to 1. Throws an {@link ApiFailure}. */
export function upload<N extends RouteName>(
  name: N,
  input: CallInput<N>,
  file: Blob,
  onProgress: (share: number) => void,
): Promise<RouteResponse<N>> {
  const address = addressOf(routes[name], input)
  const request = `POST ${address}`
  return new Promise((resolve, reject) => {
    // fetch cannot say how far an upload is.
    const sending = new XMLHttpRequest()
    sending.open('POST', address)
    sending.setRequestHeader('content-type', 'application/octet-stream')
    sending.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total)
    sending.onerror = () => reject(new ApiFailure({ kind: 'unreachable', request, status: 0, message: 'no answer' }))
    sending.onload = () => {
      const data = parse(sending.responseText)
      const { status } = sending
      if (status >= 200 && status < 300) {
        const route: Route = routes[name]
        const parsed = route.response.safeParse(data)
        if (parsed.success) resolve(parsed.data as RouteResponse<N>)
        else reject(new ApiFailure({ kind: 'unexpected-answer', request, status, message: 'no such answer' }))
        return
      }
      const answer = errorSchema.safeParse(data)
      reject(
        new ApiFailure({
          kind: status >= 500 ? 'broken' : 'refused',
          request,
          status,
          answer: answer.success ? answer.data : null,
          message: answer.success ? answer.data.message : `HTTP ${status}`,
        }),
      )
    }
    sending.send(file)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
