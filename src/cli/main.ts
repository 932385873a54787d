#!/usr/bin/env node
/** The command line: `unknot COMMAND`. Exit codes: 0 done, 1 an error, 2 wrong usage, 130 Ctrl-C, 143 SIGTERM. */
import { Command, CommanderError } from "commander";
import { readFileSync } from "node:fs";
import { enableRelaxedSimd } from "../engine/relaxed-simd.js";
import { printable } from "../base/printable.js";
import { UserError } from "../base/user-error.js";
import { commands } from "./commands.js";
import { Context, Interrupted, UsageError, type StopSignal } from "./context.js";
import { fillProse } from "./tables/wrap.js";

/** Characters: more than a screen full is not read. */
const LONGEST_MESSAGE = 4000;
/** Of help texts that go to no terminal. */
const HELP_WIDTH = 80;
const DONE = 0;
const FAILED = 1;
const USAGE = 2;
/** 128 + the signal's number, as shells have it. */
const STOPPED: Record<StopSignal, number> = { SIGINT: 130, SIGTERM: 143 };

async function buildProgram(context: Context, called: string | undefined): Promise<Command> {
  const manifest = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  // Settings made before a command is added are inherited by it.
  const program = new Command("unknot")
    .description("Untangle a recommender's taste vector into labelled knobs, and turn them.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(fillProse(text, process.stdout.columns ?? HELP_WIDTH)),
      writeErr: (text) => process.stderr.write(printable(text)),
    })
    .showSuggestionAfterError(true)
    .showHelpAfterError("(--help shows what there is)")
    .helpCommand("help [command]", "help on a command");
  for (const { name, parameters, summary, load } of commands) {
    const command = program.command(name).description(summary);
    if (name === called) (await load())(command, context);
    else if (parameters !== "") command.arguments(parameters);
  }
  return program.addHelpText("after", `
Examples:
  unknot demo
  unknot data fetch ml-latest-small
  unknot train --data ml-latest-small --out small-model
  unknot inspect tags --model small-model
  unknot steer --model small-model --user 414 --tag "dark comedy"`);
}

/** The command that a line is about: its first word, or the one behind "help". */
function calledBy(argv: readonly string[]): string | undefined {
  const [first, second] = argv.filter((word) => !word.startsWith("-"));
  return first === "help" ? second : first;
}

async function run(argv: readonly string[]): Promise<number> {
  const context = new Context();
  let presses = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      // The first asks the command to stop and tidy up; the second does not wait.
      if (presses++ > 0) process.exit(STOPPED[signal]);
      context.interrupt(signal);
    });
  }
  try {
    const program = await buildProgram(context, calledBy(argv));
    if (argv.length === 0) {
      program.outputHelp();
      return USAGE;
    }
    await program.parseAsync(argv, { from: "user" });
    return context.signal.aborted && !context.endsBySignal ? STOPPED[(context.signal.reason as Interrupted).by] : DONE;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : USAGE;
    if (error instanceof Interrupted) {
      process.stderr.write(`stopped\n${error.hint === "" ? "" : `${error.hint}\n`}`);
      return STOPPED[error.by];
    }
    if (error instanceof UserError) {
      process.stderr.write(`error: ${printable(error.message).slice(0, LONGEST_MESSAGE)}\n`);
      return error instanceof UsageError ? USAGE : FAILED;
    }
    process.stderr.write(`${printable(error instanceof Error ? error.stack ?? error.message : String(error))}\n`);
    return FAILED;
  }
}

// A reader that closes the pipe early (`unknot … | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? DONE : FAILED));
// Before anything compiles.
enableRelaxedSimd();
process.exitCode = await run(process.argv.slice(2));
// A signal handler does not keep a process alive, but a connection that is being closed might.
if (Object.values(STOPPED).includes(process.exitCode)) process.exit();
