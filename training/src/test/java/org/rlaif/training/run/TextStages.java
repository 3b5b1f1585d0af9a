package org.rlaif.training.run;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.rlaif.kit.Json;
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

  /** Those of the last start. */
  private List<Stage<?>> stages = List.of();

  TextStages(Path runs) {
    this.runs = runs;
  }

  RunFolder folder() {
    return RunFolder.of(runs, "text");
  }

  /** Runs all stages with these settings, and returns what is printed. */
  String run(String one, String two, String three) {
    return with(
        one, two, three, (pipeline, context, out) -> pipeline.run(context, out, false, "typed"));
  }

  /** The same, and what is finished may be discarded. */
  String replace(String one, String two, String three) {
    return with(
        one, two, three, (pipeline, context, out) -> pipeline.run(context, out, true, "typed"));
  }

  /** What a start with these settings would refuse to discard; empty if nothing. */
  String loss(String one, String two, String three) {
    String[] loss = new String[1];
    with(
        one,
        two,
        three,
        (pipeline, context, out) -> loss[0] = pipeline.survey(stages).loss(context.run().config()));
    return loss[0];
  }

  /** The names of the models that the run has noted. */
  Set<String> models() {
    Map<?, ?> models = Json.read(folder().path().resolve("models.json"), Map.class);
    return models.keySet().stream().map(String::valueOf).collect(Collectors.toSet());
  }

  /** As a report does before it reads. */
  void requireUndamaged() {
    folder().requireUndamaged(List.of("sft", "reward", "ppo"));
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
    RunConfig config = RunConfig.load(null, List.of("name=text"));
    stages =
        List.of(
            new TextStage("sft", "", one, Product.START),
            new TextStage("reward", "sft", two, Product.REWARD),
            new TextStage("ppo", "reward", three, Product.POLICY));
    Map<Product, String> makers =
        Map.of(Product.START, "sft", Product.REWARD, "reward", Product.POLICY, "ppo");
    Run run = new Run(config, folder(), makers);
    RunContext context =
        new RunContext(
            run,
            (models, weights, prompts) -> {
              throw new IllegalStateException("no stage here needs a server");
            },
            Device.CPU);
    StringWriter printed = new StringWriter();
    use.of(new Pipeline(run, stages), context, new PrintWriter(printed, true));
    return printed.toString();
  }

  /** How long the text is. */
  record Figures(int length) {}

  /** Appends its line to what the stage before it wrote. */
  private final class TextStage implements Stage<Figures> {
    private final String name;
    private final String before;
    private final String settings;
    private final Product leaves;

    TextStage(String name, String before, String settings, Product leaves) {
      this.name = name;
      this.before = before;
      this.settings = settings;
      this.leaves = leaves;
    }

    @Override
    public About<Figures> about() {
      return new About<>(name, "Writes a line.", Figures.class, leaves, List.of("length"));
    }

    @Override
    public Object settings() {
      return settings;
    }

    @Override
    public void check(Run run) {
      checked.add(name);
      UserError.require(!refuses.equals(name), name, settings, "something else");
    }

    @Override
    public Figures work(RunContext context, Path out) throws IOException {
      worked.add(name);
      String input =
          before.isEmpty()
              ? ""
              : Files.readString(context.run().folder().stage(before).resolve("text"));
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
      return new Figures(text.length());
    }
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
    } catch (IOException e) {
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
