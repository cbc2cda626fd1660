/** What is known of one server and of this machine. */
export interface Circumstances {
  readonly configured: boolean;
  readonly hasBinaries: boolean;
  readonly isRoot: boolean;
  /** Debian or Ubuntu, with apt-get. */
  readonly hasApt: boolean;
  /** A Docker engine answers, and it knows `docker compose`. */
  readonly hasDocker: boolean;
}

/** Where a server comes from; `nowhere` means that a person must do something. */
export type Source = 'configured' | 'private' | 'apt' | 'docker' | 'nowhere';

/** The first that is possible: what was named, what is on the machine, what can be installed, what Docker can run. */
export function sourceOf(known: Circumstances): Source {
  if (known.configured) return 'configured';
  if (known.hasBinaries) return 'private';
  if (known.isRoot && known.hasApt) return 'apt';
  return known.hasDocker ? 'docker' : 'nowhere';
}
