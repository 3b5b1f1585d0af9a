package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.text.Tokenizer;

/**
 * Completions that were cut where the context ends. Tokenised again they would be longer: by the
 * token that ends them, and by what a policy that knows nothing writes.
 */
class CutCompletionsTest {
  private static final int CONTEXT = 176;

  private static final String YAML =
      TinyRun.YAML
          .replace("contextLength: 224", "contextLength: " + CONTEXT)
          .replace(
              "candidates: {prompts: 16, maxTokens: 12}",
              "candidates: {prompts: 48, maxTokens: 24}");

  @TempDir private Path folder;

  @Test
  void theirTokensGoDownToTheRewardModel() throws IOException {
    int grown = 0;
    for (int seed = 1; seed <= 3; seed++) {
      grown += grown(run("generated" + seed, TinyRun.POSTS, seed));
    }
    assertTrue(grown > 0, "none would have been too long");
  }

  /** As users have them: rows of 10 to 150 words. */
  @Test
  void rowsOfAnyLengthEndNoRun() throws IOException {
    var random = new Random(3);
    List<String> rows =
        IntStream.range(0, 120)
            .mapToObj(
                i ->
                    Json.MAPPER
                        .createObjectNode()
                        .put("prompt", words(random, 10 + random.nextInt(141)) + "\n\nAnswer:")
                        .put("completion", " " + words(random, 4))
                        .toString())
            .toList();
    Path data = Files.write(folder.resolve("rows.jsonl"), rows);
    Path run =
        run(
            "own",
            "judge: {rubric: general}\ndata: {source: files, files: ['" + data + "']}\n",
            /* seed= */ 1);
    assertTrue(grown(run) > 0, "none would have been too long");
    JsonNode sft = figures(run, "sft");
    assertTrue(sft.path("tooLong").asInt() > 0, sft.toString());
    assertEquals(0, sft.path("encodedApart").asInt(), sft.toString());
    assertEquals(0, figures(run, "reward").path("tooLong").asInt());
  }

  private Path run(String name, String data, int seed) throws IOException {
    Path yaml = Files.writeString(folder.resolve(name + ".yaml"), YAML + data);
    Typed typed =
        Typed.rlaif(
            "run",
            yaml.toString(),
            "--runs",
            folder.toString(),
            "--name",
            name,
            "--set",
            "evaluation.judge=" + (name.equals("own") ? "configured" : "gold"),
            "--seed",
            Integer.toString(seed));
    assertEquals(0, typed.code(), typed.err());
    return folder.resolve(name);
  }

  /** How many completions would not fit if their text became tokens again; all fit as sampled. */
  private static int grown(Path run) {
    int grown = 0;
    Path json = run.resolve("tokenizer/tokenizer.json");
    try (Tokenizer tokenizer = Tokenizer.open(json)) {
      var encoder = PromptEncoder.of(json, tokenizer);
      for (Preference each : JsonLines.read(run.resolve("label/train.jsonl"), Preference.class)) {
        int prompt = encoder.prompt(each.id(), each.prompt()).length;
        int sampled = Math.max(encoder.first(each).length, encoder.second(each).length);
        assertTrue(prompt + sampled <= CONTEXT, each.id());
        int again =
            Math.max(
                encoder.completion(each.id(), each.prompt(), each.first()).length,
                encoder.completion(each.id(), each.prompt(), each.second()).length);
        grown += prompt + again > CONTEXT ? 1 : 0;
      }
    }
    return grown;
  }

  private static JsonNode figures(Path run, String stage) throws IOException {
    return Json.MAPPER.readTree(run.resolve(stage + "/stage.json").toFile()).path("figures");
  }

  private static String words(Random random, int count) {
    return random.ints(count, 0, 300).mapToObj(i -> "word" + i).collect(Collectors.joining(" "));
  }
}
