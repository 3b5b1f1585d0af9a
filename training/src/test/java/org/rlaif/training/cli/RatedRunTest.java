package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.training.tldr.Post;
import org.rlaif.training.tldr.Split;
import org.rlaif.training.tldr.TldrWorld;

/** A whole run on completions that people have rated, with models that know nothing. */
class RatedRunTest {
  private static final String YAML =
      TinyRun.YAML
          .replace("evaluation: {", "evaluation: {judge: configured, ")
          .replace(
              "reward: {",
              "reward: {loss: regression, attributes: {helpfulness: 1, verbosity: -0.4}, ");

  @TempDir Path folder;

  @Test
  void ratingsBecomeTheRewardModelOfARun() throws IOException {
    Path data = Files.write(folder.resolve("rated.jsonl"), rows());
    Path yaml =
        Files.writeString(
            folder.resolve("rated.yaml"),
            YAML
                + """
                data: {source: files, files: ['%s'], validation: 0.1, test: 0.2,
                  layout: rated, columns: {completion: response}}
                """
                    .formatted(data));
    Typed plan = rlaif("run", yaml, "--dry-run");
    assertEquals(0, plan.code(), plan.err());
    assertTrue(plan.out().contains("1 epochs of 4 completions a step"), plan.out());

    Typed typed = rlaif("run", yaml);
    assertEquals(0, typed.code(), typed.err());
    assertTrue(typed.out().contains("The reward model's score and held-out ratings correlate"));
    Path run = folder.resolve(TinyRun.NAME);
    JsonNode report = Json.object(run.resolve("report.json"));
    JsonNode reward = report.at("/rewardModel");
    assertEquals(-0.4, reward.at("/attributes/verbosity/weight").asDouble());
    assertEquals(1, reward.at("/attributes/helpfulness/weight").asDouble());
    int held = reward.get("heldOut").asInt();
    assertEquals(60 - held, reward.get("training").asInt());
    assertEquals(held, reward.at("/attributes/helpfulness/n").asInt());
    assertTrue(reward.at("/attributes/verbosity/n").asInt() < held, "every third is missing");
    assertEquals("people", report.at("/labels/judge").asText());
    assertFalse(Files.exists(run.resolve("candidates/candidates.jsonl")), "nobody is asked");
    assertEquals(60 - held, report.at("/data/rated").asInt());
    assertEquals(
        60 - held, JsonLines.read(run.resolve("label/rated.jsonl"), JsonNode.class).size());
    String page = Files.readString(run.resolve("report.html"));
    assertTrue(page.contains("Ratings of verbosity") && page.contains("× -0.4; correlation "));

    Typed verified = rlaif("verify", Path.of(TinyRun.NAME), "--sample", "100%");
    assertEquals(0, verified.code(), verified.err());
    assertTrue(
        verified.out().matches("(?s).*\nreward +the first step, taken again: equal to the bit\n.*"),
        verified.out());
    assertTrue(verified.out().contains("\nscores "), verified.out());

    // The same run again has nothing to do: its settings are those that it has written down.
    Typed again = rlaif("run", run.resolve("config.yaml"));
    assertEquals(0, again.code(), again.err());
    assertTrue(again.out().matches("(?s).*\nreward [^\n]*\\[finished before]\n.*"), again.out());
  }

  /** Two completions of each post: its own, and one word. */
  private static List<String> rows() {
    List<Post> posts = new TldrWorld(3).posts(Split.TRAIN, 30);
    return IntStream.range(0, 60)
        .mapToObj(
            i -> {
              Post post = posts.get(i / 2);
              String response = i % 2 == 0 ? post.completion() : " Well.";
              var row = Json.MAPPER.createObjectNode();
              row.put("prompt", post.prompt()).put("response", response);
              row.put("helpfulness", i % 2 == 0 ? 3 + i % 4 / 2 : 1);
              if (i % 3 == 0) {
                row.putNull("verbosity");
              } else {
                row.put("verbosity", response.length() / 40.0);
              }
              return row.put("coherence", 4).toString();
            })
        .toList();
  }

  private Typed rlaif(String command, Path what, String... more) {
    List<String> words =
        new ArrayList<>(List.of(command, what.toString(), "--runs", folder.toString()));
    words.addAll(List.of(more));
    return Typed.rlaif(words.toArray(String[]::new));
  }
}
