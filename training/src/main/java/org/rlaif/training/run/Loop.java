package org.rlaif.training.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rlaif.judge.JudgeConfig;
import org.rlaif.judge.Rubric;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.model.ModelFolder;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.data.UserData;

/**
 * The loop, on one screen: each stage with all that decides its result, what it does, and the
 * figures that are worth a line.
 */
public final class Loop {
  private final List<Stage> stages = new ArrayList<>();

  private Loop(RunConfig run, Stage.Work report) {
    add("data", dataSettings(run), Stages::data, "train", "validation", "test", "preferences");
    add("tokenizer", tokenizerSettings(run), Stages::tokenizer, "vocabularySize", "promptTokens");
    add("sft", sftSettings(run), Stages::sft, "validationLoss", "endProbability");
    add("candidates", run.candidates(), Stages::candidates, "sequences", "meanTokens", "leftOut");
    add("label", labelSettings(run), Stages::label, "judge", "train", "heldOut", "unanswered");
    add("reward", run.reward(), Stages::reward, "accuracy", "decided");
    add(
        "ppo",
        run.ppo(),
        Stages::ppo,
        "score",
        "kl",
        "parity.maxAbsLogprobDifference",
        "parity.threshold");
    add("evaluate", evaluationSettings(run), Stages::evaluate, "winRate.policyVsSft.value", "kl");
    add("report", List.of(), report, "pictures");
  }

  /**
   * The stages in their order.
   *
   * @param report draws the figures of all others
   */
  public static List<Stage> stages(RunConfig run, Stage.Work report) {
    return List.copyOf(new Loop(run, report).stages);
  }

  private void add(String name, Object settings, Stage.Work work, String... headline) {
    stages.add(new Stage(name, settings, List.of(headline), work));
  }

  /** The user's files count by their content: who changes one repeats the run. */
  private static Object dataSettings(RunConfig run) {
    return run.data().source().equals("files")
        ? List.of(run.data(), UserData.contentHashes(run.data()))
        : List.of("tldr", run.data().posts(), run.data().chat(), run.data().system());
  }

  private static Object tokenizerSettings(RunConfig run) {
    return run.model().folder().isEmpty()
        ? run.tokenizer()
        : AtomicFiles.sha256(ModelFolder.tokenizerJson(run.model().path()));
  }

  private static Object sftSettings(RunConfig run) {
    ModelConfig model = run.model();
    String weights =
        model.folder().isEmpty()
            ? ""
            : ModelFolder.files(model.path()).stream().map(AtomicFiles::sha256).toList().toString();
    return List.of(run.sft(), model, weights, run.data().tooLong(), run.data().bytesPerToken());
  }

  private static Object labelSettings(RunConfig run) {
    return List.of(run.labels(), judgeSettings(run.judge()));
  }

  private static Object evaluationSettings(RunConfig run) {
    return run.evaluation().judge().equals("gold")
        ? run.evaluation()
        : List.of(run.evaluation(), judgeSettings(run.judge()));
  }

  /** A judge with the content of the files that it is made of. */
  private static Object judgeSettings(JudgeConfig judge) {
    String template = judge.template();
    return List.of(
        judge.decisive(),
        Rubric.load(judge.rubric()),
        template == null ? "" : AtomicFiles.sha256(Path.of(template)));
  }
}
