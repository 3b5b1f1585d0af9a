package org.rlaif.training.stages;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.judge.Judge;
import org.rlaif.judge.JudgeConfig;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.hub.Hub;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Servers.Serving;

/** Who judges in a run, with the server that a judging model needs. */
public record RunJudge(Judge judge, @Nullable Serving serving) implements AutoCloseable {
  private static final String JUDGE = "judge";
  private static final String ANSWERS = "judge.answers";

  /** Opens it. */
  public static RunJudge open(RunContext context) {
    Run run = context.run();
    RunConfig config = run.config();
    JudgeConfig asked = config.judge();
    String model = asked.chosen().model();
    // Beside the stages' folders, which are put in their places when all is answered.
    Path answers = run.folder().path().resolve(ANSWERS);
    if (!asked.chosen().servedHere()) {
      return new RunJudge(asked.open(run.seed(JUDGE), null, answers), null);
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
      return new RunJudge(here.open(run.seed(JUDGE), serving.clients(), answers), serving);
    } catch (RuntimeException e) {
      serving.close();
      throw e;
    }
  }

  /** Refuses a judge that could not be opened; asks nobody. */
  static void check(Run run) {
    JudgeConfig asked = run.config().judge();
    String model = asked.chosen().model();
    boolean ownServer = asked.chosen().servedHere();
    try {
      if (ownServer && model != null && !model.equals("sft")) {
        Path folder = Hub.of(System.getenv()).resolve(model);
        boolean scores = asked.chosen().asksRewardModel();
        UserError.require(
            (ModelFolder.describe(folder).head() == DecoderConfig.Head.SCORE) == scores,
            "model",
            model,
            scores ? "a reward model" : "a language model, not a reward model");
      }
      // Connects to nothing, as nothing is asked.
      Function<Duration, RlaifClient> nobody =
          timeLimit -> RlaifClient.open("inprocess:nobody", timeLimit);
      asked.open(0, ownServer ? nobody : null, null).close();
    } catch (UserError e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith("judge") ? e : new UserError("judge: " + message, e);
    }
  }

  @Override
  public void close() {
    judge.close();
    if (serving != null) {
      serving.close();
    }
  }
}
