const names = new Intl.DisplayNames(['en'], { type: 'region' })

/** A country by its name; whatever is no ISO code stays as it was said. */
export function Country({ code }: { readonly code: string | null }) {
  if (code === null) return <span className="dim">unknown</span>
  return <span>{/^[A-Z]{2}$/.test(code) ? names.of(code) : code}</span>
}
