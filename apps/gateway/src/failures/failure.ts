import { isCanary } from '#contracts';
import type { Destination, ErrorWord } from '#contracts';

/** What is known of a transfer that has just failed (投递失败). */
export interface Failure {
  readonly projectNo: string;
  readonly destination: Destination;
  readonly kind: string;
  readonly errorWord: ErrorWord;
  readonly errorCode: string | null;
  readonly httpStatus: number | null;
  readonly errorDetail: string | null;
}

/** Canaries (拨测) are told of by their own condition: theirs are nobody's to resolve. */
export function isForPeople({ projectNo }: Pick<Failure, 'projectNo'>): boolean {
  return !isCanary(projectNo);
}
