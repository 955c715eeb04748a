/** `/spec/topics/0/name` as Kubernetes writes it: `spec.topics[0].name`. */
export function fieldOf(pointer: string): string {
  const steps = pointer.split('/').slice(1)
  return steps
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : `${path}.${step}`), '')
    .slice(1)
}
