import type { Settings } from '@throughline/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { settings as usual } from '../../../test/channels.ts'
import { makeSecrets } from '../../platform/secrets/index.ts'
import type { CompiledTemplate } from '../../templates/index.ts'
import { makeLinks } from '../links/index.ts'
import { composeEmail } from './compose.ts'

const settings: Settings = { ...usual, name: 'Tea & "Co"', baseUrl: 'https://t.example/' }
const links = makeLinks(makeSecrets(Buffer.alloc(32, 7)))
const ref = { profileId: '018f0000-0000-7000-8000-000000000001', id: 'm-1' }
const unsubscribe = links.unsubscribe(settings.baseUrl, ref)

function compose(html: string, text: string, purpose: 'marketing' | 'transactional' = 'marketing'): { html: string; text: string } {
  const template = { render: () => ({ channel: 'email', subject: 's', html, text, replyTo: null }) } as unknown as CompiledTemplate<'email'>
  return composeEmail(
    {
      ...ref,
      shard: 1,
      person: { id: ref.profileId, traits: {} },
      address: 'ann@shop.example',
      purpose,
      template,
      variables: {},
      settings,
      tracking: false,
      createdAt: 0,
      config: null,
    },
    { links },
  )
}

test('a marketing e-mail that forgot its way out gets one before the end of its body, and one that has it stays as it is', () => {
  const line = `<p style="font-size:12px;color:#666;text-align:center"><a href="${unsubscribe}">Unsubscribe from Tea &amp; &#34;Co&#34;</a></p>`
  const piece = fc.constantFrom('<p>', '</body>', '</BODY>', '</html>', 'x', '\n', `<a href="${unsubscribe}">`, unsubscribe)
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.array(piece, { maxLength: 3 }), (pieces, words) => {
      const [html, text] = [pieces.join(''), words.join('')]
      const end = /<\/body>/i.exec(html)?.index ?? html.length
      expect(compose(html, text)).toMatchObject({
        html: html.includes(unsubscribe) ? html : html.slice(0, end) + line + html.slice(end),
        text: text.includes(unsubscribe) ? text : `${text}\n\nUnsubscribe from Tea & "Co": ${unsubscribe}`,
      })
      expect(compose(html, text, 'transactional')).toMatchObject({ html, text })
    }),
  )
})
