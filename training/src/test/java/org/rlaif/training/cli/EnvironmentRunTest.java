package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.training.environments.Environment;
import org.rlaif.training.environments.Episode;
import org.rlaif.training.environments.Reply;
import org.rlaif.training.run.Resealed;

/**
 * The environment that ships is learned, by the recipe that ships.
 *
 * <p>A colour is drawn evenly of four, from a seed that no prompt shows. So what a policy says
 * without going by the tool's answer is right with probability 1/4, whatever it is: its expected
 * reward is at most 0.25, on 42 test prompts with a standard deviation of sqrt(0.25 * 0.75 / 42) =
 * 0.067. A lower end of the interval above 0.25 + 2 * 0.067 = 0.384 says that it is read.
 */
class EnvironmentRunTest {
  private static final Path RECIPE = Pages.ROOT.resolve("recipes/lookup.yaml");
  private static final double BY_ANSWER = 0.384;

  @TempDir Path folder;

  @Test
  void whatTheToolAnswersIsLearnedToBeSaid() throws IOException {
    Typed typed = rlaif();
    assertEquals(0, typed.code(), typed.err());
    assertTrue(typed.out().contains("In its environment the policy gets a mean reward of "));

    JsonNode report = Json.read(folder.resolve("lookup/report.json"), JsonNode.class);
    assertTrue(report.at("/reward/policy/low").asDouble() > BY_ANSWER, report.toString());
    assertTrue(report.at("/reward/sft/low").asDouble() < 0.25, "learned by SFT alone");
    assertTrue(report.at("/reward/difference/low").asDouble() > 0, report.toString());

    Path stage = folder.resolve("lookup/rloo");
    for (JsonNode row : JsonLines.read(stage.resolve("metrics.jsonl"), JsonNode.class)) {
      assertEquals(0, row.get("parity").asDouble(), 1e-4, row.toString());
      assertEquals(1, row.get("firstRatioMin").asDouble(), 1e-4, row.toString());
      assertEquals(1, row.get("firstRatioMax").asDouble(), 1e-4, row.toString());
      assertEquals(row.get("score").asDouble(), row.at("/rewards/environment").asDouble(), 1e-9);
    }

    Typed verified = Typed.rlaif("verify", "lookup", "--runs", folder.toString());
    assertEquals(0, verified.code(), verified.err());
    assertTrue(
        verified.out().contains("one part, environment, may say something else: not asked again"),
        verified.out());
    assertTrue(verified.out().contains("learned again from its 128 completions: equal to the bit"));

    // A token that was the environment's is said to be the policy's.
    Path first = stage.resolve("rollouts/0000.jsonl");
    List<JsonNode> rows = JsonLines.read(first, JsonNode.class);
    ObjectNode episode = (ObjectNode) rows.get(0).get("episode");
    int written = episode.get("written").size();
    ((ArrayNode) episode.get("written"))
        .set(
            written - 1,
            Json.MAPPER.valueToTree(episode.at("/written/" + (written - 1)).asInt() + 1));
    JsonLines.write(first, rows);
    Resealed.seal(stage);
    Typed found = Typed.rlaif("verify", "lookup", "--runs", folder.toString(), "--sample", "100%");
    assertEquals(2, found.code(), found.out());
    assertTrue(found.err().contains("0000.jsonl, line 1, logprobs["), found.err());
  }

  /** The page's own is compiled and asked. */
  @Test
  void theOneOnThePageAnswers() throws Exception {
    String source = Pages.blocks(Pages.TRAINING, "java").get(1);
    assertTrue(source.lines().count() <= 20, source);
    Path file = Files.writeString(folder.resolve("Shorter.java"), source);
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                home(Environment.class) + ":" + home(Message.class),
                file.toString());
    assertEquals(0, compiled);
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      var shorter =
          (Environment) loader.loadClass("Shorter").getDeclaredConstructor().newInstance();
      List<Message> turns = new ArrayList<>(List.of(Message.assistant("a ".repeat(11))));
      Prompt prompt = Prompt.of("x");
      Reply more = shorter.reply(List.of(new Episode("1", 0, prompt, turns))).get(0);
      assertEquals(Reply.say(Message.user("Shorter, please.")), more);
      turns.addAll(List.of(more.messages().get(0), Message.assistant("a")));
      assertEquals(
          List.of(Reply.end(1.0 / 3)), shorter.reply(List.of(new Episode("1", 0, prompt, turns))));
    }
    assertTrue(Pages.text(Pages.TRAINING).contains("`./rlaif run recipes/lookup.yaml`"));
  }

  private static String home(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation().getPath();
  }

  @Test
  void whatCannotWorkIsRefusedByName() {
    refused("null: dpo learns from labels, and nobody answers it", "algorithm=dpo");
    refused("[] with onPolicy.environment", "evaluation.bestOf=[2]");
    refused("turns: 0 (expected: >= 1)", "onPolicy.environment.turns=0");
    refused(
        "onPolicy.environment: class Nobody: not found (expected: a class on RLAIF_CLASSPATH that"
            + " implements org.rlaif.training.environments.Environment",
        "onPolicy.environment.type=Nobody");
  }

  private void refused(String said, String setting) {
    Typed typed = rlaif("--set", setting);
    assertEquals(2, typed.code(), typed.err());
    assertTrue(typed.err().contains(said), typed.err());
    assertEquals(1, typed.err().lines().filter(line -> line.startsWith("rlaif:")).count());
  }

  /** Where data are counts from where one starts; the test starts elsewhere. */
  private Typed rlaif(String... more) {
    try {
      String recipe =
          Files.readString(RECIPE, StandardCharsets.UTF_8)
              .replace("recipes/lookup.jsonl", Pages.ROOT + "/recipes/lookup.jsonl");
      Path here = Files.writeString(folder.resolve("lookup.yaml"), recipe);
      List<String> words = new ArrayList<>(List.of("run", here.toString()));
      words.addAll(List.of("--runs", folder.toString()));
      words.addAll(List.of(more));
      return Typed.rlaif(words.toArray(String[]::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
