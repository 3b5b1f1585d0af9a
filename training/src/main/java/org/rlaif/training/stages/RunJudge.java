package org.rlaif.training.stages;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.judge.Judge;
import org.rlaif.judge.JudgeConfig;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.hub.Hub;
import org.rlaif.training.config.EvaluationConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.data.GeneratedData;
import org.rlaif.training.evaluation.Comparer;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Servers.Serving;
import org.rlaif.training.tldr.Facts;
import org.rlaif.training.tldr.GoldScore;

/** Who judges in a run, with the server that a judging model needs. */
final class RunJudge implements AutoCloseable {
  private static final String JUDGE = "judge";
  private static final String ANSWERS = "judge.answers";

  private final @Nullable Judge judge;
  private final @Nullable Serving serving;
  private final @Nullable Comparer gold;

  private RunJudge(@Nullable Judge judge, @Nullable Serving serving, @Nullable Comparer gold) {
    this.judge = judge;
    this.serving = serving;
    this.gold = gold;
  }

  /** The judge of the evaluation. */
  static RunJudge ofEvaluation(RunContext context) {
    Run run = context.run();
    if (run.config().evaluation().judge() != EvaluationConfig.By.GOLD) {
      return ofLabels(context);
    }
    Map<String, Facts> facts = GeneratedData.facts(run.path(Product.DATA));
    return new RunJudge(
        null,
        null,
        new Comparer.ByScore(
            "gold",
            (id, completion) -> {
              Facts known = facts.get(id);
              if (known == null) {
                throw new IllegalStateException("no facts of " + id);
              }
              return GoldScore.of(known, completion);
            }));
  }

  /** The judge of the labels. */
  static RunJudge ofLabels(RunContext context) {
    Run run = context.run();
    RunConfig config = run.config();
    JudgeConfig asked = config.judge();
    String model = asked.chosen().model();
    // Beside the stages' folders, which are put in their places when all is answered.
    Path answers = run.folder().path().resolve(ANSWERS);
    if (!asked.chosen().servedHere()) {
      return new RunJudge(asked.open(run.seed(JUDGE), null, answers), null, null);
    }
    // On the run's own server: its SFT policy, or a model folder.
    if (model == null) {
      throw UserError.expected(
          "judge.model", null, "sft or a model folder, or judge.address and a model served there");
    }
    Path folder =
        model.equals("sft") ? run.path(Product.START) : Hub.of(System.getenv()).resolve(model);
    Serving serving = context.serve(Map.of(JUDGE, folder));
    try {
      JudgeConfig here = asked.servedAs(run.served(JUDGE));
      return new RunJudge(here.open(run.seed(JUDGE), serving::open, answers), serving, null);
    } catch (RuntimeException e) {
      serving.close();
      throw e;
    }
  }

  /** Refuses a judge of the labels that could not be opened; asks nobody. */
  static void check(Run run) {
    JudgeConfig asked = run.config().judge();
    String model = asked.chosen().model();
    boolean ownServer = asked.chosen().servedHere();
    try {
      if (ownServer && model != null && !model.equals("sft")) {
        Path folder = Hub.of(System.getenv()).resolve(model);
        UserError.require(
            ModelFolder.describe(folder).head() == DecoderConfig.Head.LANGUAGE_MODEL,
            "model",
            model,
            "a language model, not a reward model");
      }
      asked.open(0, ownServer ? RunJudge::noServer : null, null).close();
    } catch (UserError e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith("judge") ? e : new UserError("judge: " + message, e);
    }
  }

  /** Connects to nothing, as nothing is asked. */
  private static RlaifClient noServer(Duration timeLimit) {
    return RlaifClient.open("inprocess:nobody", timeLimit);
  }

  Judge judge() {
    if (judge == null) {
      throw new IllegalStateException("the gold judge gives no labels");
    }
    return judge;
  }

  Comparer comparer() {
    return gold != null ? gold : new Comparer.ByJudge(judge());
  }

  @Override
  public void close() {
    if (judge != null) {
      judge.close();
    }
    if (serving != null) {
      serving.close();
    }
  }
}
