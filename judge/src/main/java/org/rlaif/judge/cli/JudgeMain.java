package org.rlaif.judge.cli;

import org.rlaif.kit.Commands;
import picocli.CommandLine.Command;

/** The judge on its own. */
@Command(
    name = "rlaif-judge",
    mixinStandardHelpOptions = true,
    description =
        "AI feedback: labels candidates, says how far labels can be believed, rates policies.",
    subcommands = {
      LabelCommand.class,
      RateCommand.class,
      RankCommand.class,
      ReviseCommand.class,
      VerifyLabelsCommand.class,
      TrustCommand.class,
      CompareCommand.class,
      TournamentCommand.class
    })
public final class JudgeMain {
  JudgeMain() {}

  public static void main(String[] arguments) {
    System.exit(Commands.execute(new JudgeMain(), arguments));
  }
}
