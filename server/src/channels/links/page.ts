import { factsOf } from '@throughline/contracts'
import { escapeHtml, plainPage } from '../../platform/http/index.ts'
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
  return plainPage(
    `Your messages from ${shop}`,
    `${done === null ? '' : `<p role="status" class="done">${escapeHtml(done)}</p>`}
${preferences.get('email') === true ? '<form method="post"><input type="hidden" name="action" value="unsubscribe"><p>You get news and offers by e-mail.</p><button>Unsubscribe from e-mail</button></form>' : '<p>You get no news and offers by e-mail. Receipts and messages about your orders still reach you.</p>'}
<form method="post"><input type="hidden" name="action" value="preferences"><fieldset><legend>What may we send you?</legend>
${boxes}
</fieldset><button>Save my choices</button></form>`,
  )
}

/** What stands behind a link that is broken or was tampered with. */
export function brokenLinkPage(): string {
  return plainPage(
    'This link does not work',
    '<p>It may have been cut off when it was copied. Please open it from the message itself, or write to the shop.</p>',
  )
}
