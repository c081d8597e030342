/** An error of the engine, with ClickHouse's number. */
export class EngineError extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(`Code: ${code}. DB::Exception: ${message}`)
    this.code = code
  }
}

// As ClickHouse's HTTP interface answers them (HTTPHandler: exceptionCodeToHTTPStatus).
const STATUS: Readonly<Record<number, number>> = {
  26: 400,
  27: 400,
  33: 400,
  36: 400,
  38: 400,
  41: 400,
  42: 400,
  43: 400,
  47: 400,
  53: 400,
  62: 400,
  69: 400,
  72: 400,
  117: 400,
  130: 400,
  456: 400,
  457: 400,
  60: 404,
  81: 404,
  46: 404,
  16: 404,
  115: 404,
  73: 404,
  50: 404,
  159: 408,
  394: 499,
  516: 403,
  497: 403,
  307: 413,
  396: 413,
}

/** Number, HTTP status and text of anything thrown while a statement ran. */
export function describeError(error: unknown, version: string): { code: number; status: number; text: string } {
  const message = error instanceof Error ? error.message : String(error)
  const code = Number(/^Code: (\d+)/.exec(message)?.[1] ?? 1001)
  const text = code === 1001 ? `Code: 1001. DB::Exception: ${message}. (STD_EXCEPTION)` : message
  return {
    code,
    status: STATUS[code] ?? 500,
    text: /\(version [^)]+\)+\s*$/.test(text) ? text : version ? `${text} (version ${version})` : text,
  }
}
