package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.JsonLines;
import org.rlaif.training.run.Resealed;

/** What a run claims is recomputed; what was changed since is found, hashes or not. */
class VerifyCommandTest {
  @TempDir Path folder;

  @Test
  void aRunIsWhatItSaysUntilSomethingIsChanged() throws IOException {
    Path run = tiny();
    Typed all = verify("--sample", "100%");
    assertEquals(0, all.code(), all.err());
    assertEquals("", all.err());
    assertEquals(
        List.of("files", "sft", "labels", "reward", "logprobs", "scores", "ppo"), names(all));
    assertTrue(all.out().contains("asked again of rubric:general: equal to the bit\n"), all.out());
    assertTrue(
        all.out().contains("4 of 4 completions of the first batch, by the model the policy"),
        all.out());
    assertTrue(all.out().contains("8 of 8 completions of all batches: largest"), all.out());
    for (String trained : List.of("sft", "reward")) {
      assertTrue(
          all.out()
              .matches(
                  "(?s).*\n" + trained + " +the first step, taken again: equal to the bit\n.*"),
          all.out());
    }
    assertTrue(
        all.out().contains("learned again from its 4 completions: equal to the bit\n"), all.out());

    // A sample of them is smaller.
    Typed some = verify("--seed", "3");
    assertEquals(0, some.code(), some.err());
    assertTrue(some.out().contains("\nlogprobs   1 of 4 completions"), some.out());

    Path first = run.resolve("ppo/rollouts/0000.jsonl");
    finds(run.resolve("label/train.jsonl"), 3, "probabilityFirst", 1e-9);
    finds(first, 2, "logprobs[0]", 1e-3);
    finds(first, 4, "referenceLogprobs[0]", 1e-3);
    finds(run.resolve("ppo/rollouts/0001.jsonl"), 1, "score", 0.01);
    finds(first, 3, "reward", 1e-9);
    for (String figure :
        List.of("policyLoss", "valueLoss", "policyGradientNorm", "ratioMax", "kl")) {
      finds(run.resolve("ppo/metrics.jsonl"), 1, figure, 1e-9);
    }
    finds(run.resolve("sft/metrics.jsonl"), 1, "validationLoss", 1e-9);
    finds(run.resolve("sft/metrics.jsonl"), 2, "loss", 1e-9);
    finds(run.resolve("reward/metrics.jsonl"), 1, "gradientNorm", 1e-9);
    assertEquals(0, verify().code(), "all of it is back");

    // What no stage has left so is found by its hash, before anything is computed.
    Files.writeString(
        first, Files.readString(first).replaceFirst("\"ended\":(true|false)", "\"ended\":null"));
    Typed damaged = verify();
    assertEquals(2, damaged.code(), damaged.out());
    assertTrue(damaged.err().startsWith("rlaif: " + first + ": "), damaged.err());
    assertEquals("", damaged.out());
  }

  @Test
  void otherJudgesAndDpoAreVerifiedAsWell() throws IOException {
    Path run =
        tiny(
            "--set",
            "algorithm=dpo",
            "--set",
            "dpo.batch=4",
            "--set",
            "judge.kind=model",
            "--set",
            "judge.model=sft",
            "--set",
            "model.contextLength=640");
    Typed all = verify("--sample", "20%");
    assertEquals(0, all.code(), all.err());
    assertEquals(List.of("files", "sft", "labels", "dpo"), names(all));
    assertTrue(all.out().contains("asked again of model:tiny-judge: equal to the bit"), all.out());
    finds(run.resolve("dpo/metrics.jsonl"), 2, "loss", 1e-9);
    finds(run.resolve("label/heldOut.jsonl"), 1, "provenance.reversed", 1e-9);
  }

  @Test
  void ktoIsVerifiedAsWell() throws IOException {
    Path run = tiny("--set", "algorithm=kto", "--set", "kto.batch=4");
    Typed all = verify();
    assertEquals(0, all.code(), all.err());
    assertEquals(List.of("files", "sft", "labels", "kto"), names(all));
    finds(run.resolve("kto/metrics.jsonl"), 2, "gradientNorm", 1e-9);
  }

  @Test
  void ilqlIsVerifiedAsWell() throws IOException {
    Path run = tiny("--set", "algorithm=ilql", "--set", "ilql.batch=4");
    Typed all = verify();
    assertEquals(0, all.code(), all.err());
    assertEquals(List.of("files", "sft", "labels", "ilql"), names(all));
    finds(run.resolve("ilql/metrics.jsonl"), 2, "qLoss", 1e-9);
  }

  @Test
  void aRewardFromTheTextIsComputedToTheBit() throws IOException {
    Path run =
        tiny(
            "--set",
            "algorithm=grpo",
            "--set",
            "grpo.samples=2",
            "--set",
            "onPolicy.rewards=[{kind: rubric, rubric: general, weight: 2}]");
    Typed all = verify();
    assertEquals(0, all.code(), all.err());
    assertEquals(List.of("files", "sft", "logprobs", "scores", "grpo"), names(all));
    assertTrue(
        all.out().contains("2 of 8 completions of all batches: equal to the bit"), all.out());
    finds(run.resolve("grpo/rollouts/0001.jsonl"), 2, "score", 1e-9);
  }

  @Test
  void anUnfinishedRunAndASampleOfNothingAreRefused() throws IOException {
    Path run = tiny();
    Typed nothing = verify("--sample", "0%");
    assertEquals(2, nothing.code());
    assertEquals("rlaif: --sample: 0% (expected: > 0% and <= 100%)", nothing.err().strip());
    Typed odd = verify("--sample", "half");
    assertEquals("rlaif: --sample: half (expected: a share such as 5%)", odd.err().strip());

    Path config = run.resolve("config.yaml");
    String was = Files.readString(config);
    Files.writeString(config, was.replaceFirst("coefficient: [0-9.]+", "coefficient: 0.5"));
    Typed otherwise = verify();
    assertEquals(2, otherwise.code(), otherwise.out());
    assertTrue(otherwise.err().contains("ppo/stage.json, fingerprint: "), otherwise.err());
    Files.writeString(config, was);

    Files.delete(run.resolve("evaluate/stage.json"));
    Typed unfinished = verify();
    assertEquals(2, unfinished.code(), unfinished.out());
    assertTrue(
        unfinished.err().contains("evaluate: not finished (expected: a finished run)"),
        unfinished.err());
  }

  private Path tiny(String... more) throws IOException {
    Path yaml = Files.writeString(folder.resolve("tiny.yaml"), TinyRun.YAML + TinyRun.POSTS);
    List<String> words =
        new ArrayList<>(List.of("run", yaml.toString(), "--runs", folder.toString()));
    words.addAll(List.of(more));
    Typed typed = Typed.rlaif(words.toArray(String[]::new));
    assertEquals(0, typed.code(), typed.err());
    return folder.resolve(TinyRun.NAME);
  }

  private Typed verify(String... more) {
    List<String> words =
        new ArrayList<>(List.of("verify", TinyRun.NAME, "--runs", folder.toString()));
    words.addAll(List.of(more));
    return Typed.rlaif(words.toArray(String[]::new));
  }

  private static List<String> names(Typed typed) {
    return typed.out().lines().map(line -> line.substring(0, line.indexOf(' '))).toList();
  }

  /**
   * Adds to a number in a row under new hashes, has it found, and undoes it.
   *
   * @param field such as {@code a.b[0]}
   * @param more if it is tiny, the number itself is what is expected
   */
  private void finds(Path file, int line, String field, double more) throws IOException {
    byte[] was = Files.readAllBytes(file);
    Path inside = file.getParent();
    Path stage = inside.endsWith("rollouts") ? inside.getParent() : inside;
    List<JsonNode> rows = JsonLines.read(file, JsonNode.class);
    var pointer =
        JsonPointer.compile("/" + field.replace('.', '/').replace("[", "/").replace("]", ""));
    double before = rows.get(line - 1).at(pointer).doubleValue();
    if (rows.get(line - 1).at(pointer.head()) instanceof ArrayNode numbers) {
      numbers.set(pointer.last().getMatchingIndex(), DoubleNode.valueOf(before + more));
    } else {
      ((ObjectNode) rows.get(line - 1).at(pointer.head()))
          .put(pointer.last().getMatchingProperty(), before + more);
    }
    JsonLines.write(file, rows);
    Resealed.seal(stage);
    Typed typed = verify("--sample", "100%");
    assertEquals(2, typed.code(), typed.out());
    String found =
        "rlaif: %s, line %d, %s: %s (expected: ".formatted(file, line, field, before + more);
    if (more < 1e-6) {
      assertEquals(found + before + ")", typed.err().strip());
    } else {
      assertTrue(typed.err().startsWith(found), typed.err() + " is not " + found);
      assertTrue(typed.err().contains(", within 1.0e-0"), typed.err());
    }
    Files.write(file, was);
    Resealed.seal(stage);
  }
}
