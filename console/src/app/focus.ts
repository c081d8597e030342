let wished = false

/** Called when the path changes: the next page's heading takes the focus. */
export function wishFocus(): void {
  wished = true
}

/** Whether a heading that has just appeared should take the focus; true once per change of path. */
export function takeFocusWish(): boolean {
  const now = wished
  wished = false
  return now
}
