package org.rlaif.training.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.rlaif.training.config.RunConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One stage of a run; those before it must have finished. */
@Command(mixinStandardHelpOptions = true)
final class StageCommand implements Callable<Integer> {
  private static final Map<String, String> STAGES = new LinkedHashMap<>();

  static {
    STAGES.put("data", "Reads or generates the data and splits it.");
    STAGES.put("tokenizer", "Trains the byte-level BPE on the training text.");
    STAGES.put("sft", "Fine-tunes the policy on the examples.");
    STAGES.put("candidates", "Samples completions to be judged from the SFT policy.");
    STAGES.put("label", "Asks the judge about the candidates, or takes people's preferences.");
    STAGES.put("reward", "Trains the reward model on the preferences.");
    STAGES.put("ppo", "Improves the policy against the reward model.");
    STAGES.put("evaluate", "Compares the policy with SFT and with the references.");
  }

  private final String stage;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE.yaml", description = "The run's settings.")
  private Path file = Path.of("");

  @Mixin private RunOptions options = new RunOptions();

  private StageCommand(String stage) {
    this.stage = stage;
  }

  /** One command for each stage, by its name, in their order. */
  static Map<String, CommandSpec> all() {
    Map<String, CommandSpec> commands = new LinkedHashMap<>();
    STAGES.forEach(
        (stage, description) -> {
          CommandSpec spec = CommandSpec.forAnnotatedObject(new StageCommand(stage)).name(stage);
          spec.usageMessage()
              .description(description, "A stage of a run; the stages before it must be finished.")
              .footer("", "Example: rlaif " + stage + " recipes/quickstart.yaml");
          commands.put(stage, spec);
        });
    return commands;
  }

  @Override
  public Integer call() {
    RunConfig config = options.load(file);
    new Session(config, options.runs(), spec).run(stage, options.replace());
    return 0;
  }
}
