import { isEmpty, type FieldSet } from './field-set.ts'
import type { Managers } from './managers.ts'
import { typingBelow, type Typing } from './typing.ts'

/** The managers under today's schema: what was owned inside a map or list that is atomic now is owned as a whole. */
export function settledManagers(managers: Managers, typing: Typing): Managers {
  return new Map([...managers].map(([id, manager]) => [id, { ...manager, fields: settled(manager.fields, typing) }]))
}

function settled(set: FieldSet, typing: Typing | undefined): FieldSet {
  if (typing === undefined || typing.kind === 'scalar' || typing.kind === 'deduced') return set
  const members = new Set(set.members)
  const children = new Map<string, FieldSet>()
  for (const [element, child] of set.children) {
    const below = typingBelow(typing, element)
    if (isWhole(below)) {
      members.add(element)
      continue
    }
    const kept = settled(child, below)
    if (!isEmpty(kept)) children.set(element, kept)
  }
  return { members, children }
}

function isWhole(typing: Typing | undefined): boolean {
  return (typing?.kind === 'map' && typing.atomic) || (typing?.kind === 'list' && typing.as === 'atomic')
}
