import { describeFailure } from '../../heroku/failure.ts'
import type { Blindness } from '../../controller/observe/observe.ts'
import { lookAtGroup } from '../look-at-group.ts'
import { lookAt } from '../look.ts'
import type { EngineWork } from '../engine-command.ts'
import type { StreamApp } from '../../resource/stream-app.ts'
import { titleOf } from '../say-failure.ts'
import { checkCertificates } from './check-certificates.ts'
import { doubtful, well, wrong, type Check } from './check.ts'

/** App, add-on, certificates, process type, plan and Kafka of one StreamApp. */
export async function checkApp(app: StreamApp, work: EngineWork): Promise<readonly Check[]> {
  const title = titleOf(app)
  const look = await lookAt(app, work)
  if (!look.ok) return [blind(title, look.error)]
  const { observed, plan } = look.value.found
  const { attachment, configVars, shared } = observed
  const group = await lookAtGroup(look.value, work.around.signal)
  return [
    well(
      `${title} add-on`,
      `${attachment.addon.name}, ${attachment.plan}${shared ? `, prefix ${observed.prefix}` : ''}`,
    ),
    ...checkCertificates(app.spec.app, configVars, attachment.name, work.engine.clock.now()),
    ...plan.refusals.map(({ reason, message }) => wrong(`${title} ${reason}`, message, 'as it says, then weir plan')),
    ...plan.warnings.map(({ reason, message }) =>
      doubtful(`${title} ${reason}`, message, 'as it says, if you mean otherwise'),
    ),
    plan.changes.length === 0
      ? well(title, 'is as asked')
      : doubtful(
          title,
          `${plan.changes.length} changes are still to be applied`,
          'weir plan shows them, weir apply makes them',
        ),
    group.kind === 'seen'
      ? well(`${title} Kafka`, `group ${group.group.state}, ${group.group.members.length} members, lag ${group.lag}`)
      : wrong(`${title} Kafka`, group.why, 'heroku kafka:info; and let this machine reach the brokers'),
  ]
}

function blind(title: string, blindness: Blindness): Check {
  const found = blindness.kind === 'failure' ? describeFailure(blindness.failure) : blindness.refusal.message
  return wrong(title, found, 'as it says, then weir doctor again')
}
