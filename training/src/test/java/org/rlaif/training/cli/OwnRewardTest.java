package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.JsonLines;

/** The reward of one's own on this room's page: compiled and used as it says there. */
class OwnRewardTest {
  @TempDir Path folder;

  @Test
  void theOneOnThePageIsCompiledAndUsed() throws Exception {
    String source = Pages.blocks(Pages.TRAINING, "java").get(0);
    assertTrue(source.lines().count() <= 20, source);
    Files.writeString(folder.resolve("Brevity.java"), source);
    likeACheckout();
    String typed =
        Pages.blocks(Pages.TRAINING, "console").stream()
            .filter(block -> block.startsWith("javac "))
            .findFirst()
            .orElseThrow();

    bash(typed);

    List<JsonNode> rows =
        JsonLines.read(folder.resolve("runs/brief/ppo/metrics.jsonl"), JsonNode.class);
    assertEquals(2, rows.size());
    for (JsonNode row : rows) {
      double words = -row.at("/rewards/Brevity").asDouble();
      assertTrue(words >= 1 && words <= 12, row.toString()); // no more than maxTokens
      double sum = row.at("/rewards/model").asDouble() - 0.1 * words;
      assertEquals(sum, row.get("score").asDouble(), 1e-6, row.toString());
    }
  }

  /** Without labels and without a reward model: the SFT policy itself rates what is written. */
  @Test
  void theJudgesRatingIsAReward() throws IOException {
    Path yaml = Files.writeString(folder.resolve("tiny.yaml"), TinyRun.YAML + TinyRun.POSTS);
    String rewards = "onPolicy.rewards=[{kind: judge, weight: 2}]";
    Typed typed =
        Typed.rlaif(
            "run",
            yaml.toString(),
            "--runs",
            folder.toString(),
            "--set",
            rewards,
            "--set",
            "judge.kind=model",
            "--set",
            "judge.model=sft",
            "--set",
            "model.contextLength=640");
    assertEquals(0, typed.code(), typed.err());
    assertTrue(Files.notExists(folder.resolve("tiny/label")), "nobody is asked to compare");
    List<JsonNode> rows = JsonLines.read(folder.resolve("tiny/ppo/metrics.jsonl"), JsonNode.class);
    assertEquals(2, rows.size());
    for (JsonNode row : rows) {
      double rating = row.at("/rewards/judge").asDouble();
      assertTrue(rating > -1 && rating < 1 && rating != 0, row.toString());
      assertEquals(2 * rating, row.get("score").asDouble(), 1e-6, row.toString());
    }

    Typed refused =
        Typed.rlaif(
            "run", yaml.toString(), "--runs", folder.resolve("other").toString(), "--set", rewards);
    assertEquals(2, refused.code(), refused.out());
    assertTrue(
        refused
            .err()
            .contains("judge.kind: rubric (expected: model or endpoint, as onPolicy.rewards wants"),
        refused.err());
  }

  /** What was built, and a launcher that makes the run tiny. */
  private void likeACheckout() throws IOException {
    Path target = Files.createDirectories(folder.resolve("training/target"));
    Files.createDirectories(target.resolve("classes"));
    Files.writeString(target.resolve("classpath"), System.getProperty("java.class.path"));
    String tiny =
        ReadmeTest.TINY.stream()
            .map(setting -> " --set \"" + setting + "\"")
            .collect(Collectors.joining());
    Path launcher =
        Files.writeString(
            folder.resolve("rlaif"),
            """
            #!/usr/bin/env bash
            set -euo pipefail
            name=rlaif
            . '%s'
            find_java
            launch %s "$(<training/target/classpath)" "$@"%s
            """
                .formatted(
                    Pages.ROOT.resolve("serving/src/main/launcher/launch.sh"),
                    Rlaif.class.getName(),
                    tiny));
    assertTrue(launcher.toFile().setExecutable(true));
  }

  private void bash(String commands) throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder("bash", "-ec", commands)
            .directory(folder.toFile())
            .redirectErrorStream(true);
    String home = System.getProperty("java.home");
    builder.environment().put("JAVA_HOME", home);
    builder.environment().merge("PATH", home + "/bin", (path, bin) -> bin + ":" + path);
    builder.environment().put("RLAIF_HEAP", "512m");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running after 60 s: " + said);
    assertEquals(0, process.exitValue(), said);
  }
}
