package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.Tls;
import org.rlaif.judge.JudgeConfig;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.Resources;

/**
 * Everything that decides a run. The same record with the same seed gives the same figures.
 *
 * @param name the run's folder below {@code runs/}
 * @param device {@code cpu} or {@code cuda:N}
 * @param precision what the trainer multiplies in
 * @param activationCheckpointing whether training keeps what goes into each block alone, and
 *     computes the rest once more for the gradient
 * @param threads for both engines; 0 takes every core
 * @param server the address of a running server, or empty to start one in this process
 * @param serverTls how that server is known, and what it is shown; tokens are the environment's
 * @param checkpointEvery so many optimiser steps a stage saves what it needs to go on; 0: only when
 *     it is stopped
 * @param samplesEvery so many updates one of what the policy writes is shown; 0: never
 * @param iterations how often feedback, reward model and policy are made at most, each time from
 *     the policy before
 * @param algorithm that trains the policy; its settings are in the section of its name, and those
 *     of all on-policy ones in {@code onPolicy}
 * @param sft null: skipped, everything starts from {@code model.folder} as it is
 */
public record RunConfig(
    String name,
    long seed,
    String device,
    TrainingPrecision precision,
    boolean activationCheckpointing,
    int threads,
    String server,
    Tls serverTls,
    int checkpointEvery,
    int samplesEvery,
    int iterations,
    DataConfig data,
    TokenizerConfig tokenizer,
    ModelConfig model,
    @JsonSerialize(nullsUsing = SftConfig.Skipped.class) @Nullable SftConfig sft,
    CandidatesConfig candidates,
    JudgeConfig judge,
    LabelsConfig labels,
    RewardConfig reward,
    Algorithm algorithm,
    OnPolicyConfig onPolicy,
    PpoConfig ppo,
    ReinforceConfig reinforce,
    RlooConfig rloo,
    GrpoConfig grpo,
    GspoConfig gspo,
    CispoConfig cispo,
    DapoConfig dapo,
    @JsonProperty("online_dpo") OnlineDpoConfig onlineDpo,
    RrhfConfig rrhf,
    RejectionConfig rejection,
    DpoConfig dpo,
    KtoConfig kto,
    IlqlConfig ilql,
    EvaluationConfig evaluation) {

  public RunConfig {
    require(
        name.matches("[A-Za-z0-9][A-Za-z0-9._-]*"),
        "name",
        name,
        "letters, digits, '.', '_' and '-': it names the run's folder");
    require(device.matches("cpu|cuda:\\d+"), "device", device, "cpu or cuda:N");
    require(threads >= 0, "threads", threads, ">= 0");
    require(samplesEvery >= 0, "samplesEvery", samplesEvery, ">= 0");
    require(iterations >= 1, "iterations", iterations, ">= 1");
    require(checkpointEvery >= 0, "checkpointEvery", checkpointEvery, ">= 0");
    require(
        data.source() == DataConfig.Source.TLDR
            || evaluation.judge() != EvaluationConfig.By.GOLD
            || onPolicy.environment() != null,
        "evaluation.judge",
        "gold",
        "configured, since data.source is files; the gold judge knows the generated posts only");
    require(
        (data.layout() != DataConfig.Layout.UNPAIRED && data.layout() != DataConfig.Layout.STEPWISE)
            || algorithm == Algorithm.KTO
            || algorithm == Algorithm.ILQL,
        "data.layout",
        data.layout().word(),
        "with algorithm: kto or ilql, which learn from such labels; completion takes none of them");
    require(
        onPolicy.environment() == null || algorithm.isOnPolicy(),
        "onPolicy.environment",
        onPolicy.environment(),
        "null: " + algorithm.word() + " learns from labels, and nobody answers it");
    require(
        onPolicy.environment() == null || iterations == 1,
        "iterations",
        iterations,
        "1 with onPolicy.environment, as there is no win rate that would end them");
    require(
        onPolicy.environment() == null || evaluation.against().isEmpty(),
        "evaluation.against",
        evaluation.against(),
        "empty with onPolicy.environment: its policy is compared with where it started");
    require(
        onPolicy.environment() == null || evaluation.bestOf().isEmpty(),
        "evaluation.bestOf",
        evaluation.bestOf(),
        "[] with onPolicy.environment, as no single completion is chosen there");
    require(
        data.layout().hasRatings() == reward.regresses(),
        "data.layout",
        data.layout().word(),
        "rated or helpsteer where reward.loss is regression, and nowhere else: one learns from the other");
    require(
        !reward.regresses() || algorithm.isOnPolicy(),
        "algorithm",
        algorithm.word(),
        "an on-policy one, with reward.loss: regression: no other has a reward model");
    if (reward.regresses()) {
      data = data.rated(reward.attributes().keySet());
      require(
          data.columns().ratings().containsAll(reward.attributes().keySet()),
          "reward.attributes",
          reward.attributes().keySet(),
          "some of data.columns.ratings, " + data.columns().ratings());
    }
    require(
        sft != null || !model.folder().isEmpty(),
        "sft",
        "skip",
        "steps, since model.folder is empty: there is no policy to start from");
  }

  /** Defaults, then the user's file, then {@code key=value} settings. */
  public static RunConfig load(@Nullable Path file, List<String> settings) {
    return ConfigFiles.load(RunConfig.class, defaults(), file, settings);
  }

  /** Of the data, and of their splits. */
  public long dataSeed() {
    return data.seed() == null ? seed : data.seed();
  }

  /**
   * The same with the user's file as text.
   *
   * @param source what errors call it
   */
  public static RunConfig load(String source, String yaml, List<String> settings) {
    return ConfigFiles.load(RunConfig.class, defaults(), source, yaml, settings);
  }

  /** Every setting as text, by the key that {@code --set} takes. */
  public Map<String, String> byKey() {
    Map<String, String> settings = new LinkedHashMap<>();
    collect("", Json.MAPPER.valueToTree(this), settings);
    return settings;
  }

  private static void collect(String key, JsonNode value, Map<String, String> settings) {
    if (value.isObject()) {
      String inside = key.isEmpty() ? "" : key + ".";
      value
          .properties()
          .forEach(each -> collect(inside + each.getKey(), each.getValue(), settings));
    } else if (value.isArray() && !value.isEmpty() && value.get(0).isTextual()) {
      for (int i = 0; i < value.size(); i++) {
        settings.put(key + "[" + i + "]", value.get(i).asText());
      }
    } else {
      settings.put(key, value.isTextual() ? value.asText() : value.toString());
    }
  }

  /** The commented defaults; the judge's are its own. */
  public static String defaults() {
    return Resources.text(RunConfig.class, "defaults.yaml")
        .replace("judge: {}", "judge:\n" + JudgeConfig.defaults().indent(2));
  }
}
