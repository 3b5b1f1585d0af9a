package org.rlaif.judge.cli;

import org.rlaif.kit.Commands;
import picocli.CommandLine.Command;

/** The judge on its own. */
@Command(
    name = "rlaif-judge",
    mixinStandardHelpOptions = true,
    description = "AI feedback: labels candidates and compares policies.",
    subcommands = {LabelCommand.class, VerifyLabelsCommand.class, CompareCommand.class})
public final class JudgeMain {
  JudgeMain() {}

  public static void main(String[] arguments) {
    System.exit(Commands.execute(new JudgeMain(), arguments));
  }
}
