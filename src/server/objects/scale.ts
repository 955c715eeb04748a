import { isJsonObject, objectAt, timestamp, type ApiObject } from '../api-object.ts'
import { cause, invalid } from '../admit/admission.ts'
import { streamAppKind } from '../kinds/stream-app-kind.ts'

/**
 * A StreamApp in the words of `kubectl scale`. To say a number is to fix it:
 * `spec.scaling` becomes `{ policy: fixed, min: N }`. Left to `tasks`, what is
 * said here is how many the controller last worked out.
 */
export function scaleOf(app: ApiObject): ApiObject {
  const { policy, min } = objectAt(objectAt(app, 'spec'), 'scaling')
  const { desired, running } = objectAt(objectAt(app, 'status'), 'dynos')
  const { name, namespace, uid, resourceVersion, creationTimestamp } = app.metadata
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      creationTimestamp: creationTimestamp ?? timestamp(0),
    },
    spec: { replicas: whole(policy === 'fixed' ? min : (desired ?? min)) },
    status: { replicas: whole(running) },
  }
}

/** The app with as many dynos as a Scale asks for. */
export function withScale(app: ApiObject, scale: ApiObject): ApiObject {
  const { replicas } = objectAt(scale, 'spec')
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0) {
    const words = 'Invalid value: write a whole number of dynos, 0 or more'
    throw invalid(streamAppKind, app.metadata.name, [cause('FieldValueInvalid', 'spec.replicas', words)])
  }
  const { resourceVersion, uid } = scale.metadata
  const spec = objectAt(app, 'spec')
  const scaling = isJsonObject(spec['scaling']) ? spec['scaling'] : {}
  const { max } = scaling
  const fixed = { ...scaling, policy: 'fixed', min: replicas }
  const bounded = typeof max === 'number' && max < replicas ? { ...fixed, max: replicas } : fixed
  const { resourceVersion: _seen, ...metadata } = app.metadata
  return {
    ...app,
    metadata: {
      ...metadata,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(uid === undefined ? {} : { uid }),
    },
    spec: { ...spec, scaling: bounded },
  }
}

function whole(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
