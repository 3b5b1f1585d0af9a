package org.rlaif.training.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.rlaif.training.config.RunConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The loop on the generated task, from nothing to a better policy. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the whole loop on a generated summarisation task, in minutes and offline:",
      "SFT, rollouts, AI feedback, reward model, PPO, evaluation, report.",
      "Interrupted, it goes on where it was."
    },
    footer = {"", "Example: rlaif quickstart --seed 1 --name second"})
final class QuickstartCommand implements Callable<Integer> {
  /** Its judge knows what to look for, and is fallible on purpose, so that the cure can be seen. */
  static final List<String> SETTINGS =
      List.of("name=quickstart", "judge.rubric=tldr", "judge.noise=0.4", "judge.positionBias=0.4");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private RunOptions options = new RunOptions();

  @Override
  public Integer call() {
    // The user's own come later and win.
    RunConfig config = options.load(null, SETTINGS.toArray(String[]::new));
    Iterations.run(new Session(config, options.runs(), spec), options.replace());
    return 0;
  }
}
