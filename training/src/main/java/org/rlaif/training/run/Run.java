package org.rlaif.training.run;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.text.TextBound;
import org.rlaif.training.config.DataConfig.Source;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.data.ContextFilter;
import org.rlaif.training.data.DataSet;
import org.rlaif.training.data.Splits;
import org.rlaif.training.data.UserData;

/**
 * A run: its settings, its folder, and where its stages leave what. A stage asks it for what it
 * needs, never for the stage that has made it.
 *
 * @param makers names of the stages that leave something, by what it is
 */
public record Run(RunConfig config, RunFolder folder, Map<Product, String> makers) {
  public Run {
    makers = Map.copyOf(makers);
  }

  /** Where a product lies: the folder of the stage that leaves it, or of its model. */
  public Path path(Product product) {
    String maker = makers.get(product);
    if (maker == null) {
      return brought(product);
    }
    Path stage = folder.stage(maker);
    return product.isModel() ? stage.resolve("model") : stage;
  }

  /** Whether a stage of this run leaves it. */
  public boolean makes(Product product) {
    return makers.containsKey(product);
  }

  /** What no stage makes. */
  private Path brought(Product product) {
    return switch (product) {
      case START -> config.model().path();
      case REWARD -> config.reward().path();
      default -> throw UserError.expected("stages", "none leaves " + product, "one that does");
    };
  }

  /** Whether completions can be scored: a reward model is trained here, or was brought along. */
  public boolean hasReward() {
    return makes(Product.REWARD) || !config.reward().trained();
  }

  /**
   * The reward model, or all members of an ensemble, the first of which is {@link Product#REWARD},
   * by the names they are served under; empty if completions cannot be scored.
   */
  public Map<String, Path> rewards() {
    Map<String, Path> rewards = new LinkedHashMap<>();
    String name = Product.REWARD.servedName();
    if (hasReward()) {
      rewards.put(name, path(Product.REWARD));
    }
    String maker = makers.get(Product.REWARD);
    if (maker != null) {
      for (int i = 1; i < config.reward().members(); i++) {
        Path member = RewardConfig.member(folder.stage(maker), i);
        rewards.put(name + "-" + i, member.resolve("model"));
      }
    }
    return rewards;
  }

  /** Examples and preferences. */
  public DataSet data() {
    return DataSet.read(path(Product.DATA));
  }

  /** The tokenizer's file. */
  public Path tokenizerJson() {
    return path(Product.TOKENIZER).resolve("tokenizer.json");
  }

  /** Whether the summarisation task is generated here. */
  public boolean isGenerated() {
    return config.data().source() == Source.TLDR;
  }

  /** Whether a judge gives labels: people have not. Reads the user's data if need be. */
  public boolean asksJudge() {
    if (!makes(Product.CANDIDATES)) {
      return false;
    }
    if (isGenerated()) {
      return true;
    }
    String reader = makers.get(Product.DATA);
    boolean isRead = reader != null && folder.finished(reader).isPresent();
    return isRead
        ? !data().hasPreferences()
        : !UserData.hasPreferences(config.data(), config.dataSeed(), config.sft() != null);
  }

  /** A seed for some purpose of its own, so that no two draw the same numbers. */
  public long seed(String purpose) {
    // 48 bits: exact in every language that reads the seed as a number.
    return Splits.hash(config.seed() + "/" + purpose) >>> 16;
  }

  /** The longest sequence in tokens that every model of the run can read. */
  public int contextLength() {
    ModelConfig model = config.model();
    int policy =
        model.folder().isEmpty()
            ? model.contextLength()
            : ModelFolder.describe(model.path()).contextLength();
    return config.reward().trained()
        ? policy
        : Math.min(policy, ModelFolder.describe(config.reward().path()).contextLength());
  }

  /** Leaves out what is longer than the context. */
  public ContextFilter filter(PromptEncoder encoder) {
    TextBound bound = new TextBound(contextLength(), config.data().bytesPerToken());
    return new ContextFilter(encoder, bound, config.data().tooLong());
  }

  /**
   * Refuses completions that leave no room for a prompt.
   *
   * @param name of the setting
   */
  public void requireRoom(String name, int maxTokens) {
    int context = contextLength();
    UserError.require(
        maxTokens < context,
        name,
        maxTokens,
        "< " + context + ", the context length, to leave room for a prompt");
  }

  /** The name under which a model is served: runs that share a server do not mix. */
  public String served(String model) {
    return config.name() + "-" + model;
  }
}
