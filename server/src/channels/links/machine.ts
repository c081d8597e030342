/** Programs that fetch what is in a mail before, or instead of, a person; by how they name themselves. */
const MACHINES =
  /bot\b|crawl|spider|preview|scan|proofpoint|mimecast|barracuda|safelinks|slurp|headless|phantomjs|yahoomailproxy|python-|curl\/|wget|java\/|go-http-client|okhttp|libwww|axios|node-fetch|undici|^node$/i

/**
 * Whether a request comes from a mail-privacy proxy or a link scanner. Apple's Mail Privacy Protection loads every picture
 * through its relay and calls itself exactly `Mozilla/5.0`; Gmail's proxy loads when a person opens, so it is none.
 */
export function isMachine(headers: { readonly [name: string]: string | string[] | undefined }): boolean {
  const agent = String(headers['user-agent'] ?? '').trim()
  const purpose = `${String(headers['purpose'] ?? '')} ${String(headers['sec-purpose'] ?? '')} ${String(headers['x-moz'] ?? '')}`
  return agent === '' || agent === 'Mozilla/5.0' || /prefetch|preview/i.test(purpose) || MACHINES.test(agent)
}
