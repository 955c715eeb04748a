import type { JsonObject } from '../../record/record.ts'
import { bool, object, text, time, whole } from './schema-words.ts'

const list = (description: string, properties: JsonObject): JsonObject => ({
  type: 'array',
  description,
  items: object(description, properties),
})

/** The parts of Kubernetes' Pod that a dyno can fill. */
export const podSchema: JsonObject = object('A dyno of a StreamApp, as it was seen a moment ago.', {
  spec: object('What it is to run.', {
    containers: list('The dyno.', { name: text('The process type.'), image: text('APP:vRELEASE.') }),
    nodeName: text('The Heroku app.'),
    restartPolicy: text('Always: Heroku starts it anew.'),
    securityContext: object("Always empty: how a dyno is shut off is Heroku's.", {}),
  }),
  status: object('What it does.', {
    phase: text('Pending, Running or Succeeded.'),
    startTime: time('When it was started.'),
    conditions: list('Ready says whether it is up.', {
      type: text('Ready.'),
      status: text('True or False.'),
      reason: text("Heroku's word for its state."),
      lastTransitionTime: time('Since when.'),
    }),
    containerStatuses: list('The dyno.', {
      name: text('The process type.'),
      image: text('APP:vRELEASE.'),
      imageID: text('The same.'),
      containerID: text('heroku://ID; another one after each restart.'),
      ready: bool('Whether it is up.'),
      started: bool('Whether it is up.'),
      restartCount: whole('How often this API saw it begin anew.'),
      state: object('What it does.', {
        running: object('It is up.', { startedAt: time('Since when.') }),
        waiting: object('It is not, yet or any more.', { reason: text('Why.') }),
        terminated: object('It was stopped.', { exitCode: whole('0.'), reason: text('Why.') }),
      }),
    }),
  }),
})
