package org.rlaif.training.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.rlaif.training.run.Stage;
import org.rlaif.training.stages.Stages;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One stage of a run; those before it must have finished. */
@Command(mixinStandardHelpOptions = true)
final class StageCommand implements Callable<Integer> {
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
    for (Stage<?> stage : Stages.all()) {
      String name = stage.name();
      CommandSpec spec = CommandSpec.forAnnotatedObject(new StageCommand(name)).name(name);
      spec.usageMessage()
          .description(
              stage.about().description(),
              "A stage of a run; the stages before it must be finished.")
          .footer("", "Example: rlaif " + name + " recipes/quickstart.yaml");
      if (name.equals("data")) {
        addOthers(spec);
      }
      commands.put(name, spec);
    }
    return commands;
  }

  /** Commands of their own below the stage's, which need no run's settings. */
  private static void addOthers(CommandSpec data) {
    PositionalParamSpec file = data.positionalParameters().get(0);
    data.remove(file);
    data.add(PositionalParamSpec.builder(file).required(false).arity("0..1").build());
    data.addSubcommand("inspect", new CommandLine(new InspectCommand()));
    data.addSubcommand("convert", new CommandLine(new ConvertCommand()));
  }

  @Override
  public Integer call() {
    if (file.toString().isEmpty()) {
      throw new ParameterException(spec.commandLine(), "Missing required parameter: 'FILE.yaml'");
    }
    new Session(options.load(file), options.runs(), spec).run(stage, options.replace());
    return 0;
  }
}
