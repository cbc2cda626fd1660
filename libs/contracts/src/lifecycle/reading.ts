import type { LifecycleEvent } from './decision.ts';

interface MaterialReading {
  readonly materialCode: string;
  readonly required?: boolean;
  readonly taken?: boolean;
  readonly attachments?: readonly unknown[];
}

/**
 * The few fields the lifecycle reads, over all event types. Which of them an event has depends on its type;
 * the door has validated that, so the conditions only meet fields of their own event.
 */
export interface Reading {
  readonly projectType?: '1' | '2' | '9';
  readonly receivedAt?: string;
  readonly formalCheck?: { readonly result: string };
  readonly materials?: readonly MaterialReading[];
  readonly reason?: string;
  readonly special?: { readonly reason?: string };
  readonly no?: number;
  readonly items?: readonly { readonly materialCode: string }[];
  readonly dueAt?: string;
  readonly submittedAt?: string;
  readonly acceptedAt?: string;
  readonly code?: string;
  readonly returnedAt?: string;
  readonly decision?: { readonly approved: boolean; readonly reason?: string };
  readonly result?: { readonly code: string };
  readonly corrects?: string;
  readonly receipt?: { readonly projectType?: '1' | '2' | '9'; readonly receivedAt?: string };
  readonly completion?: { readonly code: string };
}

/** The fields of an event that the lifecycle may look at. */
export function readingOf(event: LifecycleEvent): Reading {
  return event.data;
}

/** A material counts as handed in when paper was taken or a file came with it. */
export function isHandedIn(material: MaterialReading): boolean {
  return material.taken === true || (material.attachments?.length ?? 0) > 0;
}
