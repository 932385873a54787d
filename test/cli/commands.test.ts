/** The table of commands says of each what the command itself says. */
import { Command } from "commander";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { commands } from "../../src/cli/commands.js";
import { Context } from "../../src/cli/context.js";

for (const { name, parameters, summary, load } of commands) {
  test(`${name}: its parameters, an action for every question, and examples`, async () => {
    const command = new Command(name).description(summary);
    (await load())(command, new Context());
    const said = command.registeredArguments.map((one) => one.required ? `<${one.name()}>` : `[${one.name()}]`);
    assert.is(said.join(" "), parameters);
    assert.is(command.description(), summary, "the summary is written once, in the table");
    assert.match(summary, /^[A-Z].*\.$/);
    const help: string[] = [];
    command.configureOutput({ writeOut: (text) => help.push(text) }).outputHelp();
    assert.match(help.join(""), new RegExp(`Examples:\n(.*\n)*  unknot ${name}\\b`));
  });
}

test("a name is taken once", () => {
  assert.is(new Set(commands.map(({ name }) => name)).size, commands.length);
});

test.run();
