/**
 * What a command of the command line is. Results go to stdout, progress and diagnostics to stderr; `run` returns the exit
 * code (0 optimal or feasible, 1 infeasible, stopped or certificate invalid) and throws an OutbidError for everything that is
 * wrong with the call, an input or a backend: main.ts prints it and takes the exit code from its code.
 */

/** Where a command writes, and what tells it to stop. */
export interface CommandIO {
  /** Writes text to standard output as it is: the command brings its own line ends. */
  stdout(text: string): void;
  /** Writes text to standard error. */
  stderr(text: string): void;
  /** Whether standard error is a terminal: only then is a progress bar drawn. */
  isTTY: boolean;
  /** Aborted by an interrupt (Ctrl-C); pass it to solve(). */
  signal: AbortSignal;
}

export interface Command {
  /** The word after `outbid`. */
  name: string;
  /** One line for the top help. */
  summary: string;
  /** The whole help text, ending in a line end. */
  help(): string;
  /** Runs with the words after the command's name. Returns the exit code. */
  run(args: string[], io: CommandIO): Promise<number>;
}
