package org.rlaif.training.run;

import static org.rlaif.kit.UserError.require;

import java.nio.file.Path;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.text.ChatTemplate;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.config.RunConfig;

/**
 * What can be known to be wrong with a stage's settings before the run begins: whether what they
 * name is there, and whether it fits together. Nobody is asked over a network, but the hub for a
 * model that is not here yet.
 */
final class Checks {
  private Checks() {}

  /**
   * The model to start from, if there is one, is a policy that can be asked as the data want it.
   */
  static void tokenizer(RunContext run) {
    RunConfig config = run.config();
    ModelConfig model = config.model();
    if (model.folder().isEmpty()) {
      return;
    }
    Path folder = model.path();
    DecoderConfig shape = ModelFolder.describe(folder);
    require(
        shape.head() == Head.LANGUAGE_MODEL,
        "model.folder",
        model.folder(),
        "a language model, not a reward model");
    if (model.adapter().wanted()) {
      model.adapter().lora().adapted(shape); // refuses targets that are not there
    }
    require(
        !config.data().chat() || ChatTemplate.of(folder).isPresent(),
        "data.chat",
        "true, and no chat template in " + folder,
        "chat_template.jinja, or chat_template in tokenizer_config.json there; or data.chat:"
            + " false");
    if (!config.reward().trained()) {
      SameTokens.require(ModelFolder.tokenizerJson(folder), config.reward());
    }
  }

  static void candidates(RunContext run) {
    fits(run, "candidates.maxTokens", run.config().candidates().maxTokens(), true);
  }

  static void label(RunContext run) {
    double heldOut = run.config().labels().heldOut();
    require(
        (heldOut > 0 && heldOut < 1) || !run.asksJudge(),
        "labels.heldOut",
        heldOut,
        "> 0 and < 1: the reward model learns from some labels and is measured on others");
    if (run.isGenerated()) { // on users' own data the evaluation's judge is the same
      Judging.check(run);
    }
  }

  static void ppo(RunContext run) {
    fits(run, "ppo.maxTokens", run.config().ppo().maxTokens(), false);
    RewardConfig reward = run.config().reward();
    require(
        reward.trained() || ModelFolder.describe(reward.path()).head() == Head.SCORE,
        "reward.folder",
        reward.folder(),
        "a reward model, with one label");
  }

  static void evaluate(RunContext run) {
    fits(run, "evaluation.maxTokens", run.config().evaluation().maxTokens(), false);
    if (!run.config().evaluation().judge().equals("gold")) {
      Judging.check(run);
    }
  }

  private static void fits(RunContext run, String name, int maxTokens, boolean ifJudged) {
    int context = run.contextLength();
    if (maxTokens >= context && (!ifJudged || run.asksJudge())) {
      throw UserError.expected(
          name, maxTokens, "< " + context + ", the context length, to leave room for a prompt");
    }
  }
}
