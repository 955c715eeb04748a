import type { Route } from '../http/route.ts'
import { notFound } from '../refusal.ts'
import { appIdentity, isoTime } from '../views.ts'
import { namedId } from '../named-id.ts'
import { appOf } from './find.ts'

/** Who and what else an app belongs to: one owner, no pipeline. `apps:info` asks for both. */
export const peopleRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/apps/:app/collaborators',
    range: ['id'],
    answer: (call) => {
      const app = appOf(call)
      const { id, email } = call.world.account
      const at = isoTime(app.createdAt)
      const user = { email, federated: false, id }
      return [{ app: appIdentity(app), created_at: at, id: namedId(app.id), role: 'owner', updated_at: at, user }]
    },
  },
  {
    method: 'GET',
    path: '/apps/:app/pipeline-couplings',
    answer: (call) => {
      appOf(call)
      throw notFound('pipeline_coupling', 'pipeline coupling')
    },
  },
]
