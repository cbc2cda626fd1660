import type { Shown } from '../http/deliveries.ts';
import { factsOf } from '../record/facts.ts';

interface WorkItem {
  readonly kind: string;
  readonly projectNo: string;
  readonly hall?: { readonly code: string };
  readonly application?: { readonly materials?: readonly { readonly materialCode: string; readonly name: string }[] };
}

/** A work item as the record keeps it. `known` names the materials the centre may ask for again. */
export function readWorkItem(body: unknown): Shown {
  const item = body as WorkItem;
  const known = (item.application?.materials ?? []).slice(0, 2).map(({ materialCode, name }) => ({ materialCode, name }));
  return { projectNo: item.projectNo, hall: null, kind: item.kind, updateSequence: null, facts: { ...factsOf(item), known } };
}
