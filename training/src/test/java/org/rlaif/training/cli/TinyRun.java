package org.rlaif.training.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.rlaif.kit.Json;

/** A run of seconds, with the real engines and models that know nothing. */
final class TinyRun {
  static final String NAME = "tiny";

  static final String YAML =
      """
      name: tiny
      threads: 1
      tokenizer: {vocabularySize: 300}
      model: {width: 16, layers: 1, heads: 2, contextLength: 224}
      sft: {steps: 4, batch: 4}
      candidates: {prompts: 16, maxTokens: 12}
      reward: {epochs: 1, batch: 4}
      onPolicy: {updates: 2, batch: 4, minibatch: 2, maxTokens: 12}
      evaluation: {prompts: 8, maxTokens: 12}
      """;

  /** To go with it: so many posts of the generated task. */
  static final String POSTS = "data: {posts: {train: 60, validation: 6, test: 12}}\n";

  private TinyRun() {}

  /** The models that a run has noted, by the names they are served under. */
  static Map<String, Path> models(Path run) {
    Map<String, Path> models = new HashMap<>();
    Json.object(run.resolve("models.json"))
        .properties()
        .forEach(each -> models.put(each.getKey(), run.resolve(each.getValue().textValue())));
    return models;
  }

  /** A run's figures without its times. */
  static JsonNode timeless(Path run) throws IOException {
    ObjectNode report = (ObjectNode) Json.MAPPER.readTree(run.resolve("report.json").toFile());
    report.remove("seconds");
    return report;
  }
}
