package org.rlaif.training.run;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.TreeMap;
import org.rlaif.kit.Example;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.text.TextBound;
import org.rlaif.torch.Device;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.data.ContextFilter;
import org.rlaif.training.data.DataSet;
import org.rlaif.training.data.UserData;

/**
 * What stages need beside their settings.
 *
 * @param device where gradients are computed
 */
public record RunContext(RunConfig config, RunFolder folder, Servers servers, Device device) {

  /** The data stage's examples and preferences. */
  public DataSet data() {
    return DataSet.read(folder.stage("data"));
  }

  public Path tokenizerJson() {
    return folder.stage("tokenizer").resolve("tokenizer.json");
  }

  /** The model that a stage has trained. */
  public Path model(String stage) {
    return folder.stage(stage).resolve("model");
  }

  boolean isGenerated() {
    return config.data().source().equals("tldr");
  }

  /** Whether a judge gives the labels: people have not. Reads the user's data if need be. */
  boolean asksJudge() {
    if (!config.reward().trained()) {
      return false;
    }
    if (isGenerated()) {
      return true;
    }
    return folder.finished("data").isPresent()
        ? !data().hasPreferences()
        : !UserData.hasPreferences(config.data(), config.seed(), config.sft() != null);
  }

  /** The policy that everything after SFT starts from: SFT's, or the one to begin with as it is. */
  public Path start() {
    return config.sft() == null ? config.model().path() : model("sft");
  }

  /** The reward model: trained in this run, or brought along. */
  public Path reward() {
    return config.reward().trained() ? model("reward") : config.reward().path();
  }

  /** A seed of a stage's own, so that no two stages draw the same numbers. */
  public long seed(String stage) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] text = (config.seed() + "/" + stage).getBytes(StandardCharsets.UTF_8);
      // 48 bits: exact in every language that reads the seed as a number.
      return ByteBuffer.wrap(digest.digest(text)).getLong() >>> 16;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
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

  /** Serves models of this run under its names; close what is returned. */
  public Servers.Serving serve(Map<String, Path> models) {
    Map<String, Path> served = new TreeMap<>();
    models.forEach((name, folder) -> served.put(served(name), folder));
    return servers.serve(served, () -> data().train().stream().map(Example::prompt).toList());
  }

  /** The name under which {@link #serve} serves a model: runs that share a server do not mix. */
  public String served(String model) {
    return config.name() + "-" + model;
  }
}
