import type { FastifyReply } from 'fastify'

/**
 * A page for people who are no users of the console. Needs no script, no cookie and nothing from elsewhere.
 * @param title as text
 * @param body as HTML, with every text in it escaped
 */
export function plainPage(title: string, body: string): string {
  const heading = escapeHtml(title)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${heading}</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}fieldset{border:1px solid #8888;border-radius:.5rem;margin:1.5rem 0 1rem}label{font-weight:600}span{display:block;margin-left:1.7rem}button{font:inherit;padding:.5rem 1rem;min-height:2.75rem;cursor:pointer}.done{border-left:.3rem solid #2a7d46;padding-left:.8rem}</style></head>
<body><main><h1>${heading}</h1>
${body}
</main></body></html>`
}

/** A text as it may stand in HTML, also within quotes of an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}

/** Answers a {@link plainPage}. @param leadsTo an address of elsewhere to which submitting a form of the page may lead */
export function sendPage(reply: FastifyReply, status: number, html: string, leadsTo: string | null = null): FastifyReply {
  const action = leadsTo === null ? '' : ` ${new URL(leadsTo).origin}`
  return reply
    .code(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('content-security-policy', `default-src 'none'; style-src 'unsafe-inline'; form-action 'self'${action}; frame-ancestors 'none'`)
    .send(html)
}
