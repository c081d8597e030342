import { factsOf } from '@throughline/contracts'
import type { Choice, Preferences } from './preferences.ts'

function labelOf(choice: Choice): { readonly name: string; readonly hint: string } {
  const tracking = { name: 'Measuring', hint: 'We may see which messages you open and which links you follow' }
  return choice === 'tracking' ? tracking : (factsOf(choice).choice ?? { name: factsOf(choice).name, hint: factsOf(choice).consent })
}

/** The page behind an unsubscribe link. Needs no script, no cookie and nothing from elsewhere; opening it changes nothing. */
export function preferencePage(shop: string, preferences: Preferences, done: string | null): string {
  const boxes = [...preferences]
    .map(([choice, isGranted]) => {
      const { name, hint } = labelOf(choice)
      return `<p><input type="hidden" name="offered" value="${choice}"><input type="checkbox" id="${choice}" name="${choice}" value="on" aria-describedby="${choice}-hint"${isGranted ? ' checked' : ''}> <label for="${choice}">${name}</label><span id="${choice}-hint">${hint}</span></p>`
    })
    .join('\n')
  return page(
    `Your messages from ${escape(shop)}`,
    `${done === null ? '' : `<p role="status" class="done">${escape(done)}</p>`}
${preferences.get('email') === true ? '<form method="post"><input type="hidden" name="action" value="unsubscribe"><p>You get news and offers by e-mail.</p><button>Unsubscribe from e-mail</button></form>' : '<p>You get no news and offers by e-mail. Receipts and messages about your orders still reach you.</p>'}
<form method="post"><input type="hidden" name="action" value="preferences"><fieldset><legend>What may we send you?</legend>
${boxes}
</fieldset><button>Save my choices</button></form>`,
  )
}

/** What stands behind a link that is broken or was tampered with. */
export function brokenLinkPage(): string {
  return page(
    'This link does not work',
    '<p>It may have been cut off when it was copied. Please open it from the message itself, or write to the shop.</p>',
  )
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}fieldset{border:1px solid #8888;border-radius:.5rem;margin:1.5rem 0 1rem}label{font-weight:600}span{display:block;margin-left:1.7rem}button{font:inherit;padding:.5rem 1rem;min-height:2.75rem;cursor:pointer}.done{border-left:.3rem solid #2a7d46;padding-left:.8rem}</style></head>
<body><main><h1>${title}</h1>
${body}
</main></body></html>`
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}
