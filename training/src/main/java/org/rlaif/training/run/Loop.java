package org.rlaif.training.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.model.ModelFolder;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.config.SftConfig;
import org.rlaif.training.data.UserData;
import org.rlaif.training.run.Stage.Check;

/**
 * The loop, on one screen: each stage with all that decides its result, what it does, and the
 * figures that are worth a line.
 */
public final class Loop {
  private final List<Stage> stages = new ArrayList<>();

  private Loop(RunConfig run, Stage.Work report) {
    add(
        "data",
        dataSettings(run),
        Check.NOTHING,
        Stages::data,
        "train",
        "validation",
        "test",
        "preferences",
        "inTwoSplits");
    add(
        "tokenizer",
        tokenizerSettings(run),
        Checks::tokenizer,
        Stages::tokenizer,
        "vocabularySize",
        "promptTokens");
    SftConfig sft = run.sft();
    if (sft != null) {
      List<Object> settings = new ArrayList<>(List.of(sft));
      settings.addAll(startSettings(run));
      Stage.Work work = (context, out) -> Stages.sft(context, sft, out);
      add("sft", settings, Check.NOTHING, work, "validationLoss", "endProbability");
    }
    if (run.reward().trained()) {
      add(
          "candidates",
          run.candidates(),
          Checks::candidates,
          Stages::candidates,
          "sequences",
          "meanTokens",
          "leftOut");
      add(
          "label",
          labelSettings(run),
          Checks::label,
          Stages::label,
          "judge",
          "train",
          "heldOut",
          "unanswered");
      add("reward", run.reward(), Check.NOTHING, Stages::reward, "accuracy", "decided");
    }
    add(
        "ppo",
        ppoSettings(run),
        Checks::ppo,
        Stages::ppo,
        "score",
        "kl",
        "parity.maxAbsLogprobDifference",
        "parity.threshold");
    add(
        "evaluate",
        evaluationSettings(run),
        Checks::evaluate,
        Stages::evaluate,
        "winRate.policyVsSft.value",
        "kl");
    add("report", List.of(), Check.NOTHING, report, "pictures");
  }

  /**
   * The stages in their order.
   *
   * @param report draws the figures of all others
   */
  public static List<Stage> stages(RunConfig run, Stage.Work report) {
    return List.copyOf(new Loop(run, report).stages);
  }

  private void add(String name, Object settings, Check check, Stage.Work work, String... headline) {
    stages.add(new Stage(name, settings, List.of(headline), check, work));
  }

  /** The user's files count by their content: who changes one repeats the run. */
  private static Object dataSettings(RunConfig run) {
    return run.data().source().equals("files")
        ? List.of(run.data(), UserData.contentHashes(run.data()))
        : List.of("tldr", run.data().posts(), run.data().chat(), run.data().system());
  }

  /** Without SFT this is the first stage that takes something of the model to start from. */
  private static Object tokenizerSettings(RunConfig run) {
    if (run.model().folder().isEmpty()) {
      return run.tokenizer();
    }
    String tokenizer = AtomicFiles.sha256(ModelFolder.tokenizerJson(run.model().path()));
    return run.sft() == null ? List.of(tokenizer, startSettings(run)) : tokenizer;
  }

  private static List<Object> startSettings(RunConfig run) {
    ModelConfig model = run.model();
    String weights = model.folder().isEmpty() ? "" : content(model.path());
    return List.of(model, weights, run.data().tooLong(), run.data().bytesPerToken());
  }

  private static Object ppoSettings(RunConfig run) {
    return run.reward().trained()
        ? run.ppo()
        : List.of(run.ppo(), run.reward().folder(), content(run.reward().path()));
  }

  /** Of a model's folder. */
  private static String content(Path model) {
    return ModelFolder.files(model).stream().map(AtomicFiles::sha256).toList().toString();
  }

  private static Object labelSettings(RunConfig run) {
    return List.of(run.labels(), run.judge().decisive());
  }

  private static Object evaluationSettings(RunConfig run) {
    return run.evaluation().judge().equals("gold")
        ? run.evaluation()
        : List.of(run.evaluation(), run.judge().decisive());
  }
}
