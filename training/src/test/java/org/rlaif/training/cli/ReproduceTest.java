package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;

class ReproduceTest {
  private static final List<String> TINY =
      List.of(
          "threads=1",
          "tokenizer.vocabularySize=300",
          "model.width=16",
          "model.layers=1",
          "model.heads=2",
          "model.contextLength=224",
          "sft.steps=4",
          "sft.batch=4",
          "candidates.prompts=16",
          "candidates.maxTokens=12",
          "reward.epochs=1",
          "reward.batch=4",
          "onPolicy.updates=2",
          "onPolicy.batch=8",
          "onPolicy.minibatch=4",
          "onPolicy.maxTokens=12",
          "evaluation.prompts=8",
          "evaluation.maxTokens=12",
          "data.posts.train=60",
          "data.posts.validation=6",
          "data.posts.test=12");

  @TempDir Path folder;

  @Test
  void everyAlgorithmBeginsWithTheSameAndOneTableHasAll() throws Exception {
    Typed typed = reproduce("--seeds", "2", "--only", "ppo,rloo,dpo");
    assertEquals(0, typed.code(), typed.err());
    for (String stage : List.of("data", "tokenizer", "sft", "candidates", "label", "reward")) {
      assertEquals(
          -1,
          Files.mismatch(stageFile("ppo-1", stage), stageFile("rloo-1", stage)),
          stage + " is not made twice");
    }
    JsonNode table = Json.MAPPER.readTree(folder.resolve("algorithms.json").toFile());
    assertEquals(
        List.of("ppo", "best of 4", "best of 16", "rloo", "dpo"),
        table.findValuesAsText("algorithm"));
    JsonNode rloo = table.get(3);
    double[] bySeed = Json.MAPPER.treeToValue(rloo.get("bySeed"), double[].class);
    assertEquals(2, bySeed.length);
    assertEquals((bySeed[0] + bySeed[1]) / 2, rloo.get("winRate").asDouble(), 1e-12);
    assertEquals(
        Json.MAPPER
            .readTree(folder.resolve("rloo-1/report.json").toFile())
            .at("/winRate/policyVsSft/value")
            .asDouble(),
        bySeed[1]);
    List<String> lines = typed.out().lines().toList();
    int head = lines.size() - 6;
    assertTrue(lines.get(head).startsWith("algorithm   seeds  win rate (%)"), typed.out());
    assertTrue(lines.get(head + 4).startsWith("rloo        2      "), typed.out());
    assertTrue(Files.readString(folder.resolve("algorithms.html")).contains("<td>rloo</td>"));

    Typed unknown = reproduce("--only", "ppo,magic");
    assertEquals(2, unknown.code());
    assertTrue(unknown.err().startsWith("rlaif: --only: magic (expected: one of ppo, "));
  }

  @Test
  void rewardsAreExploitedBesideEachOther() throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("reproduce", "overoptimization", "--only", "one,worst"));
    Typed typed = reproduce(arguments, "--seeds", "1");
    assertEquals(0, typed.code(), typed.err());
    JsonNode rows = Json.MAPPER.readTree(folder.resolve("overoptimization.json").toFile());
    assertEquals(List.of("one", "worst"), rows.findValuesAsText("reward"));
    assertEquals(-1, Files.mismatch(stageFile("one-0", "label"), stageFile("worst-0", "label")));
    JsonNode ensemble =
        Json.MAPPER.readTree(folder.resolve("worst-0/report.json").toFile()).at("/rewardModel");
    assertEquals(4, ensemble.at("/ensemble/members").size());
    // Two updates are one point of the curve, and nothing falls from it.
    assertEquals(rows.at("/0/highest"), rows.at("/0/last"));
    assertEquals(0, rows.at("/0/fall/0").asDouble());
    assertTrue(
        Files.readString(folder.resolve("overoptimization.html")).contains("<td>worst</td>"));
  }

  /** Three steps, a look before them and one after each; the last is at what is left. */
  @Test
  void softAndHardLabelsAreLookedAtWhileTheyAreLearned() throws Exception {
    Typed typed = reproduce(List.of("reproduce", "soft_labels"), "--seeds", "1");
    assertEquals(0, typed.code(), typed.err());
    JsonNode rows = Json.MAPPER.readTree(folder.resolve("soft_labels.json").toFile());
    assertEquals(List.of("soft", "hard"), rows.findValuesAsText("labels"));
    for (int i = 0; i < 2; i++) {
      String run = List.of("soft-0", "hard-0").get(i);
      List<JsonNode> looks =
          JsonLines.read(folder.resolve(run).resolve("reward/metrics.jsonl"), JsonNode.class)
              .stream()
              .filter(row -> row.has("heldOutLoss"))
              .toList();
      JsonNode figures = Json.MAPPER.readTree(stageFile(run, "reward").toFile()).get("figures");
      assertEquals(figures.get("steps").asInt() + 1, looks.size());
      double last = looks.get(looks.size() - 1).get("heldOutLoss").asDouble();
      assertEquals(figures.get("loss").asDouble(), last, 1e-9);
      assertEquals(last, rows.get(i).get("loss").asDouble());
    }
  }

  /** Who has learned for four steps writes nothing that a labeler could prefer. */
  @Test
  void labelersNeedPairsOfWhichOneIsBetter() throws Exception {
    List<String> labels = List.of("reproduce", "labels", "--only", "small", "--seeds", "1");
    Typed typed = reproduce(labels);
    assertEquals(2, typed.code(), typed.err());
    assertTrue(
        typed.err().contains(" with completions that differ in worth (expected: at least 12)"),
        typed.err());
    Typed unknown = reproduce(List.of("reproduce", "labels", "--only", "huge"));
    assertEquals(
        "rlaif: --only: huge (expected: one of small, medium, large)", unknown.err().strip());
  }

  /** One seed, a few steps less: what counts comes out of it already. */
  @Test
  void ilqlBeatsCloningAndPpoTheDataOnRandomWalks() throws Exception {
    Typed typed =
        Typed.rlaif(
            "reproduce",
            "walks",
            "--seeds",
            "1",
            "--runs",
            folder.toString(),
            "--set",
            "threads=1",
            "--set",
            "sft.steps=156",
            "--set",
            "ilql.epochs=5",
            "--set",
            "onPolicy.updates=12");
    assertEquals(0, typed.code(), typed.err());
    JsonNode rows = Json.MAPPER.readTree(folder.resolve("walks.json").toFile());
    assertEquals(List.of("data", "cloning", "ilql", "ppo"), rows.findValuesAsText("walks"));
    JsonNode data = rows.get(0);
    JsonNode cloning = rows.get(1);
    JsonNode ilql = rows.get(2);
    JsonNode ppo = rows.get(3);
    assertEquals(data.get("bySeed").get(0).asDouble(), data.get("optimality").asDouble());
    assertTrue(ilql.get("low").asDouble() > cloning.get("high").asDouble(), typed.out());
    assertTrue(ilql.get("low").asDouble() > data.get("high").asDouble(), typed.out());
    assertTrue(ppo.get("low").asDouble() > data.get("high").asDouble(), typed.out());
    assertTrue(typed.out().lines().anyMatch(line -> line.startsWith("ilql     1      ")));
    assertTrue(Files.readString(folder.resolve("walks.html")).contains("<td>ilql</td>"));

    Typed only = Typed.rlaif("reproduce", "walks", "--only", "ppo");
    assertEquals(2, only.code());
    assertEquals("rlaif: --only: ppo (expected: nothing, with walks)", only.err().strip());
  }

  private Path stageFile(String run, String stage) {
    return folder.resolve(run).resolve(stage).resolve("stage.json");
  }

  private Typed reproduce(String... more) {
    return reproduce(List.of("reproduce", "algorithms"), more);
  }

  private Typed reproduce(List<String> what, String... more) {
    List<String> arguments = new ArrayList<>(what);
    arguments.addAll(List.of("--runs", folder.toString()));
    TINY.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    arguments.addAll(List.of(more));
    return Typed.rlaif(arguments.toArray(String[]::new));
  }
}
