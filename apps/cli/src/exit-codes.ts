/** How a run of bridgectl ended (退出码): what scripts may rely on. */
export const EXIT = {
  /** Done, and all is well. */
  ok: 0,
  /** It could not be done. */
  error: 1,
  /** The command line, or what it gave, is not as it must be. */
  usage: 2,
  /** It was done, and something is bad: a check failed, a transfer failed, evidence does not hold. */
  bad: 3,
  /** Not logged in, or without the right. */
  forbidden: 4,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
