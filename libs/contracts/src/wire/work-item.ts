/** Placeholder replaced by the real class. */
export class WorkItem {}
