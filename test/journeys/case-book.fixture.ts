const ANSWER_MS = 30_000;

/** One line of a simulator's record, as far as a journey looks at it. */
export interface RecordLine {
  readonly k: 'born' | 'sending' | 'answer' | 'effect' | 'repeat' | 'refused' | 'end' | 'canary';
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
  readonly projectNo?: string | null;
  readonly hall?: string | null;
  readonly kind?: string;
  readonly updateSequence?: number | null;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** A completion update as the hall saw it. */
export interface SeenUpdate {
  readonly recordKind: string;
  readonly cdOperation: string;
  readonly result?: { readonly code: string; readonly platformCode: string };
}

/** What both simulators wrote down about each case. */
export class CaseBook {
  readonly #platform: readonly RecordLine[];
  readonly #centre: readonly RecordLine[];

  constructor(platform: readonly RecordLine[], centre: readonly RecordLine[]) {
    this.#platform = platform;
    this.#centre = centre;
  }

  /** The project numbers of the cases that the halls began, oldest first. */
  get projectNos(): string[] {
    const named = this.#platform.filter(({ k }) => k === 'sending').map(({ projectNo }) => projectNo);
    return [...new Set(named)].filter((projectNo) => typeof projectNo === 'string');
  }

  /** The completion updates that the case's own hall was shown, in the order they came. */
  updates(projectNo: string): SeenUpdate[] {
    const hall = projectNo.slice(0, 6);
    return effects(this.#platform, projectNo).filter((line) => line.hall === hall).map(({ facts }) => facts as unknown as SeenUpdate);
  }

  /** The numbers that the updates carried, in the order they came. */
  updateNumbers(projectNo: string): unknown[] {
    return effects(this.#platform, projectNo).map(({ updateSequence }) => updateSequence);
  }

  /** The kinds of the work items that the centre got, in the order they came. */
  workItems(projectNo: string): (string | undefined)[] {
    return effects(this.#centre, projectNo).map(({ kind }) => kind);
  }
}

function effects(lines: readonly RecordLine[], projectNo: string): RecordLine[] {
  return lines.filter((line) => line.k === 'effect' && line.projectNo === projectNo);
}

/** The lines of a simulator's `/control/record`. */
export async function readLines(url: string): Promise<RecordLine[]> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  return (await answer.text()).split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as RecordLine);
}
