package org.rlaif.training.run;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.UserError;
import org.rlaif.torch.Device;
import org.rlaif.training.config.RunConfig;

/** A run of three stages that append a line to what the stage before them wrote. */
final class TextStages {
  private final Path runs;

  /** Names of the stages that did their work, in order. */
  final List<String> worked = new ArrayList<>();

  /** Names of the stages whose settings were looked at, in order. */
  final List<String> checked = new ArrayList<>();

  /** The stage whose settings cannot work; nothing for none. */
  String refuses = "";

  /** The stage at whose end the work breaks off; nothing for none. */
  String breaksIn = "";

  /** The stage that waits until the process is killed; nothing for none. */
  String hangsIn = "";

  TextStages(Path runs) {
    this.runs = runs;
  }

  RunFolder folder() {
    return RunFolder.of(runs, "text");
  }

  /** Runs all stages with these settings, and returns what is printed. */
  String run(String one, String two, String three) {
    return with(one, two, three, (pipeline, context, out) -> pipeline.run(context, out, false));
  }

  /** The same, and what is finished may be discarded. */
  String replace(String one, String two, String three) {
    return with(one, two, three, (pipeline, context, out) -> pipeline.run(context, out, true));
  }

  /** What a start with these settings would refuse to discard; empty if nothing. */
  String loss(String one, String two, String three) {
    String[] loss = new String[1];
    with(
        one,
        two,
        three,
        (pipeline, context, out) ->
            loss[0] = pipeline.survey(pipeline.stages()).loss(context.config()));
    return loss[0];
  }

  String runOnly(String stage) {
    return with(
        "1", "2", "3", (pipeline, context, out) -> pipeline.runOnly(stage, context, out, false));
  }

  /** What is done with a pipeline. */
  interface Use {
    void of(Pipeline pipeline, RunContext context, PrintWriter out);
  }

  private String with(String one, String two, String three, Use use) {
    List<Stage> stages =
        List.of(stage("sft", "", one), stage("reward", "sft", two), stage("ppo", "reward", three));
    RunConfig config = RunConfig.load(null, List.of("name=text"));
    RunContext context =
        new RunContext(
            config,
            folder(),
            (models, prompts) -> {
              throw new IllegalStateException("no stage here needs a server");
            },
            Device.CPU);
    StringWriter printed = new StringWriter();
    use.of(new Pipeline(stages, config.seed(), folder()), context, new PrintWriter(printed, true));
    return printed.toString();
  }

  private Stage stage(String name, String before, String settings) {
    return new Stage(
        name,
        settings,
        List.of("length"),
        context -> {
          checked.add(name);
          UserError.require(!refuses.equals(name), name, settings, "something else");
        },
        (context, out) -> {
          worked.add(name);
          String input =
              before.isEmpty()
                  ? ""
                  : Files.readString(context.folder().stage(before).resolve("text"));
          String text = input + name + " " + settings + "\n";
          Files.writeString(out.resolve("text"), text);
          if (breaksIn.equals(name)) {
            throw new IllegalArgumentException("broken on purpose");
          }
          while (hangsIn.equals(name)) {
            System.out.println("hanging");
            Thread.onSpinWait();
            sleep();
          }
          return Map.of("length", text.length());
        });
  }

  private static void sleep() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String text(String stage) {
    return TextStages.read(folder().stage(stage).resolve("text"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Starts a run that hangs in its second stage, to be killed from outside. */
  public static void main(String[] arguments) {
    TextStages stages = new TextStages(Path.of(arguments[0]));
    stages.hangsIn = "reward";
    stages.replace("1", arguments.length > 1 ? arguments[1] : "2", "3");
  }
}
