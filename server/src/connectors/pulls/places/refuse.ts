import { ConnectorError } from '../../errors.ts'

const remedies: { readonly [status: number]: string } = {
  401: 'It does not know who asks: enter the user name, password or header again.',
  403: 'It does not let us have the file: check the password or key, and what it is allowed to read.',
  404: 'The file is not there: check the address, and whether the other side has written it.',
  410: 'The file is gone for good: enter another address.',
}

/** The failure that an answer other than the file is, with its remedy. */
export function refuseStatus(status: number, host: string, retryAfter: string | null = null): ConnectorError {
  const passing = status === 408 || status === 429 || status >= 500
  const seconds = Number(retryAfter ?? NaN)
  return new ConnectorError(
    passing ? 'unavailable' : 'conflict',
    passing ? 'pull_unavailable' : 'pull_refused',
    `${host} answered ${status}. ${passing ? 'It is tried again.' : (remedies[status] ?? 'Check the address.')}`,
    { value: status, ...(seconds > 0 && { retryAfter: seconds }) },
  )
}
