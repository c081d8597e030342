import { DeliveryError, type DeliveryTrouble } from '../port.ts'

interface SmtpError {
  readonly message: string
  readonly code?: string
  readonly command?: string
  readonly response?: string
  readonly responseCode?: number
}

/** RFC 3463: the mailbox or its domain does not exist, or the address is none (5.1.10: the domain takes no mail, RFC 7505). */
const NO_SUCH_ADDRESS = /\b5\.1\.(?:1|2|3|6|10)\b/

/**
 * What a failed SMTP dialogue means.
 * - an answer to RCPT, DATA or BDAT is about this message: 4xx later, 5xx refused, or bounced when it says that the address does not exist
 * - everything else (no connection, greeting, TLS, password, MAIL FROM, 421) is about the provider
 * @param started whether the message itself was on its way; without an answer nobody knows then whether it arrived
 */
export function troubleOf(error: unknown, server: string, started: boolean): DeliveryError {
  if (error instanceof DeliveryError) return error
  if (!isSmtpError(error)) return new DeliveryError('away', `${server}: ${String(error)}`, { interrupted: started, cause: error })
  const { responseCode, command } = error
  if (error.code === 'EMESSAGE' && responseCode === undefined)
    return new DeliveryError('failed', `${server}: ${error.message}`, { cause: error })
  if (responseCode === undefined) {
    return new DeliveryError(
      'away',
      `${server} ${started ? 'went away while it was taking the message' : `cannot be used: ${error.message}`}`,
      { interrupted: started, cause: error },
    )
  }
  const said = (error.response ?? '').replace(/\s+/g, ' ').slice(0, 300)
  return new DeliveryError(
    kindOf(responseCode, command, said),
    `${server} answered "${said}"${command === undefined || command === 'CONN' ? '' : ` to ${command}`}`,
    { cause: error },
  )
}

/** Whether an answer to this command is about the message, so that another one may follow over the same connection. */
export function aboutMessage(command: string | undefined): boolean {
  return command === 'RCPT TO' || command === 'DATA' || command === 'BDAT'
}

function kindOf(code: number, command: string | undefined, said: string): DeliveryTrouble {
  if (code === 421 || (!aboutMessage(command) && !(command === 'MAIL FROM' && code === 552))) return 'away'
  if (code < 500) return 'later'
  return NO_SUCH_ADDRESS.test(said) ? 'bounced' : 'refused'
}

function isSmtpError(error: unknown): error is SmtpError {
  return error instanceof Error
}
