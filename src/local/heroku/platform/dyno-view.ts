import type { Dyno } from '../../dyno/dyno-manager.ts'
import type { App } from '../records.ts'
import { appIdentity, isoTime } from '../views.ts'
import type { World } from '../world.ts'

export const dynoView = (app: App, dyno: Dyno): object => ({
  app: appIdentity(app),
  attach_url: null,
  command: dyno.command,
  created_at: isoTime(dyno.createdAt),
  id: dyno.id,
  name: dyno.name,
  release: { id: dyno.release.id, version: dyno.release.version },
  size: dyno.size,
  state: dyno.state,
  type: dyno.type,
  updated_at: isoTime(dyno.updatedAt),
})

/** The one webhook entity that is not a change through the API. */
export function announceDyno(world: World, app: App, dyno: Dyno): void {
  const isNew = dyno.createdAt.getTime() === dyno.updatedAt.getTime()
  const ended = dyno.state === 'down' ? 'destroy' : 'update'
  const payload = {
    action: isNew && dyno.state === 'starting' ? 'create' : ended,
    resource: 'dyno',
    data: { ...dynoView(app, dyno), exit_status: dyno.exitCode },
    previousData: {},
  } as const
  world.announce(app, { include: 'dyno', payload })
}
