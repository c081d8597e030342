/**
 * What `/v1/forms.js` answers: submits forms marked with `data-throughline-form` without leaving the page, says beside each field what is wrong with it,
 * and then thanks in place of the form. Forms that come into the page later are taken too. Without it, the same forms work as plain HTML.
 *
 * Written in what every browser of the last years knows, and in one piece, as nothing builds it.
 */
export const browserScript = String.raw`(function () {
  'use strict'
  if (window.throughlineForms) return
  window.throughlineForms = true
  var SELECTOR = 'form[data-throughline-form]'
  var states = new WeakMap()

  document.addEventListener('submit', function (event) {
    var form = event.target
    if (event.defaultPrevented || !form.matches || !form.matches(SELECTOR)) return
    event.preventDefault()
    submit(form)
  })

  function submit(form) {
    var state = states.get(form) || { id: newId(), busy: false }
    states.set(form, state)
    if (state.busy) return
    state.busy = true
    clear(form)
    form.setAttribute('aria-busy', 'true')
    fetch(form.action, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      credentials: 'omit',
      body: JSON.stringify(read(form, state.id)),
    })
      .then(function (response) {
        return response.json().then(function (answer) {
          if (response.ok) done(form, answer)
          else refused(form, answer)
        })
      })
      .catch(function () {
        note(form, form.getAttribute('data-offline') || 'This could not be sent. Please check your connection and try again.')
      })
      .then(function () {
        state.busy = false
        form.removeAttribute('aria-busy')
      })
  }

  function read(form, id) {
    var values = {}
    new FormData(form).forEach(function (value, name) {
      if (typeof value === 'string') values[name] = value
    })
    values.message_id = id
    values.page_url = location.href
    var anonymous = anonymousId()
    if (anonymous) values.anonymous_id = anonymous
    return values
  }

  // As analytics.js knows the visitor, however it was loaded.
  function anonymousId() {
    try {
      var known = window.analytics && window.analytics.user && window.analytics.user()
      if (known && typeof known.anonymousId === 'function') return text(known.anonymousId())
    } catch (_) {}
    try {
      var kept = localStorage.getItem('ajs_anonymous_id')
      if (kept) return text(kept.charAt(0) === '"' ? JSON.parse(kept) : kept)
    } catch (_) {}
    var cookie = /(?:^|; )ajs_anonymous_id=([^;]+)/.exec(document.cookie)
    try {
      return cookie ? text(decodeURIComponent(cookie[1]).replace(/^"|"$/g, '')) : ''
    } catch (_) {
      return ''
    }
  }

  function text(value) {
    return typeof value === 'string' ? value : ''
  }

  function newId() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID()
    return Date.now().toString(36) + '-' + Math.random().toString(36).slice(2) + Math.random().toString(36).slice(2)
  }

  function done(form, answer) {
    states.delete(form)
    form.dispatchEvent(new CustomEvent('throughline:submitted', { bubbles: true, detail: answer }))
    if (answer.redirect) return location.assign(answer.redirect)
    var thanks = document.createElement('p')
    thanks.className = 'throughline-thanks'
    thanks.setAttribute('role', 'status')
    thanks.tabIndex = -1
    thanks.textContent = answer.message
    form.hidden = true
    form.insertAdjacentElement('afterend', thanks)
    thanks.focus()
  }

  function refused(form, answer) {
    var first = null
    var rest = []
    ;(answer.problems || []).forEach(function (problem) {
      var field = form.elements.namedItem(problem.field)
      var input = field && field.length !== undefined && !field.tagName ? field[0] : field
      if (!input || !input.insertAdjacentElement) return rest.push(problem.message)
      var said = document.createElement('span')
      said.className = 'throughline-error'
      said.id = 'throughline-' + problem.field + '-' + newId()
      said.textContent = problem.message
      input.setAttribute('aria-invalid', 'true')
      input.setAttribute('aria-describedby', said.id)
      input.insertAdjacentElement('afterend', said)
      first = first || input
    })
    if (!first || rest.length > 0) note(form, rest.join(' ') || answer.message)
    if (first) first.focus()
  }

  function note(form, words) {
    var said = document.createElement('p')
    said.className = 'throughline-error'
    said.setAttribute('role', 'alert')
    said.textContent = words
    form.insertAdjacentElement('afterbegin', said)
  }

  function clear(form) {
    form.querySelectorAll('.throughline-error').forEach(function (each) {
      each.remove()
    })
    form.querySelectorAll('[aria-invalid]').forEach(function (each) {
      each.removeAttribute('aria-invalid')
      each.removeAttribute('aria-describedby')
    })
  }
})()
`
