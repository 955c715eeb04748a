import { fail, ok, type Result } from '../../base/result.ts'
import type { Attachment } from '../../heroku/platform.ts'
import type { Refusal } from '../plan/plan.ts'

/** The attachment that a manifest means by `kafka.addon`: by the attachment's name first, then by the add-on's. */
export function findKafka(
  wanted: string,
  attachments: readonly Attachment[],
  { app, service }: { readonly app: string; readonly service: string },
): Result<Attachment, Refusal> {
  const same = (name: string): boolean => name.toLowerCase() === wanted.toLowerCase()
  const found = attachments.find(({ name }) => same(name)) ?? attachments.find(({ addon }) => same(addon.name))
  const isKafka = ({ plan }: Attachment): boolean => plan.split(':')[0] === service
  if (found !== undefined && isKafka(found)) return ok(found)

  const clusters = attachments.filter(isKafka).map(({ name }) => name)
  const wayOut =
    clusters.length > 0
      ? `say one of ${clusters.join(', ')} in spec.kafka.addon`
      : `make one (heroku addons:create ${service}:basic-0 -a ${app} --as ${wanted}) or attach one (heroku addons:attach ADDON -a ${app} --as ${wanted}), then apply again`
  if (found !== undefined) {
    return fail({
      reason: 'AddonNotKafka',
      message: `add-on ${wanted} of app ${app} is ${found.plan}, not a Kafka cluster: ${wayOut}`,
    })
  }
  return fail({ reason: 'AddonMissing', message: `app ${app} has no Kafka add-on ${wanted}: ${wayOut}` })
}
