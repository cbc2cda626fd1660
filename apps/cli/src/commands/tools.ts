import type { ArgumentsCamelCase, Argv } from 'yargs';
import type { ExitCode } from '../exit-codes.ts';
import { findGateway } from '../gateway/find-gateway.ts';
import type { Gateway } from '../gateway/find-gateway.ts';
import { GatewayClient } from '../gateway/gateway-client.ts';
import type { Surroundings } from '../surroundings.ts';
import { Output } from '../terminal/output.ts';

/** What every command takes. */
export interface SharedArgs {
  url: string | undefined;
  tokenFile: string | undefined;
  json: boolean;
  color: boolean | undefined;
  timeout: number;
}

/** What a command works with. The gateway is only looked for by those that ask for it. */
export class Tools {
  readonly around: Surroundings;
  readonly args: SharedArgs;
  readonly out: Output;
  private found: Gateway | null = null;

  constructor(around: Surroundings, args: SharedArgs) {
    this.around = around;
    this.args = args;
    this.out = new Output(around, { json: args.json, colour: args.color });
  }

  /** The gateway that is asked, and as whom; notes about that are said once. */
  get gateway(): Gateway {
    if (this.found === null) {
      this.found = findGateway({ url: this.args.url, tokenFile: this.args.tokenFile }, this.around);
      for (const note of this.found.notes) this.out.aside(`注意：${note}`);
    }
    return this.found;
  }

  get api(): GatewayClient {
    return this.client(this.gateway.url, this.gateway.token);
  }

  /** A client for another address, or for nobody in particular. */
  client(url: string, token: string | null): GatewayClient {
    return new GatewayClient({ url, token, timeoutMs: this.args.timeout * 1000, interrupted: this.around.interrupted });
  }
}

/** The end of a command; nothing said means that all is well. */
export type Ended = Promise<ExitCode | void>;

/** Makes a handler of yargs from what a command does. */
export type Run = <A extends SharedArgs>(act: (tools: Tools, args: ArgumentsCamelCase<A>) => Ended) => (args: ArgumentsCamelCase<A>) => Promise<void>;

/** The parser as each command gets it. */
export type Program = Argv<SharedArgs>;

/** One command, or a few that belong together. */
export type AddCommand = (program: Program, run: Run) => Program;
