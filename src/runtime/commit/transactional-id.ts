/**
 * Of the slot and not of the start: who takes the slot over ends what its predecessor left open, and others can name what
 * a dyno left that went away.
 */
export function transactionalIdOf(applicationId: string, dyno: string, thread: number): string {
  return `${applicationId}-${dyno}-${thread}`
}
