/** A member of the group asked for the end of the whole application, and the leader passed it on. */
export class ApplicationShutdown extends Error {
  override readonly name = 'ApplicationShutdown'

  constructor() {
    super('a member of the group asked for the whole application to be shut down')
  }
}
