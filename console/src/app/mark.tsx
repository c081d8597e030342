/** The mark of the product: a line that goes through. */
export function Mark({ size = 22 }: { readonly size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden>
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path d="M4 21c5 0 5-10 12-10s7 10 12 10" fill="none" stroke="var(--accent-ink)" strokeWidth="2.6" strokeLinecap="round" />
      <circle cx="16" cy="11" r="3.6" fill="var(--accent)" stroke="var(--accent-ink)" strokeWidth="2.4" />
    </svg>
  )
}
