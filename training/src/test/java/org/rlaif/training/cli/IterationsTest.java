package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.stages.Stages;

class IterationsTest {
  @TempDir Path folder;

  @Test
  void aFurtherIterationBeginsWithThePolicyBefore() throws IOException {
    Path yaml = Files.writeString(folder.resolve("tiny.yaml"), TinyRun.YAML + TinyRun.POSTS);
    Typed all = run(yaml, folder, "--set", "iterations=3");
    assertEquals(0, all.code(), all.err());
    // Models that know nothing win nothing.
    assertTrue(all.out().contains("iteration  1: win rate "), all.out());
    assertTrue(all.out().contains("No further iteration: the win rate has risen"), all.out());
    RunFolder one = RunFolder.of(folder, "tiny");
    assertTrue(Files.readString(one.path().resolve("iterations.html")).contains("<td>tiny</td>"));

    Run first = runOf(one);
    RunConfig next = Iterations.next(first, first, 2);
    Path inside = one.path().resolve("iterations");
    Path second = folder.resolve("second.yaml");
    ConfigFiles.write(second, next);
    Typed more = run(second, inside);
    assertEquals(0, more.code(), more.err());

    Run again = runOf(RunFolder.of(inside, "tiny-2"));
    assertEquals(
        -1,
        Files.mismatch(
            first.path(Product.POLICY).resolve("model.safetensors"),
            again.path(Product.START).resolve("model.safetensors")));
    assertEquals(first.path(Product.START).toString(), next.evaluation().against());
    assertTrue(more.out().contains("Against " + next.evaluation().against() + " the policy wins"));
    for (String file : List.of("train.jsonl", "test.jsonl")) {
      assertEquals(
          -1,
          Files.mismatch(
              first.path(Product.DATA).resolve(file), again.path(Product.DATA).resolve(file)),
          file);
    }
    assertNotEquals(asked(first), asked(again));

    one.noteModelsOf(again.folder());
    var models = Json.read(one.path().resolve("models.json"), Map.class);
    assertEquals("iterations/tiny-2/ppo/model", models.get("policy"));
    assertEquals("iterations/tiny-2/reward/model", models.get("reward"));
    assertEquals("sft/model", models.get("sft"));
  }

  @Test
  void peopleAreNotAskedAgain() throws IOException {
    Path rows = folder.resolve("pairs.jsonl");
    Files.writeString(
        rows,
        IntStream.range(0, 30)
            .mapToObj(
                i ->
                    "{\"prompt\": \"say %d\", \"chosen\": \" yes\", \"rejected\": \" no\"}"
                        .formatted(i))
            .collect(Collectors.joining("\n")));
    Path yaml =
        Files.writeString(
            folder.resolve("tiny.yaml"),
            TinyRun.YAML.replace("evaluation: {", "evaluation: {judge: configured, ")
                + "data: {source: files, files: ['%s']}%n".formatted(rows));
    Typed refused = run(yaml, folder, "--set", "iterations=2");
    assertEquals(2, refused.code(), refused.out());
    assertTrue(
        refused.err().contains("iterations: 2 (expected: 1, as people have labelled the data"),
        refused.err());
  }

  private static Set<String> asked(Run run) {
    return JsonLines.read(
            run.path(Product.CANDIDATES).resolve("candidates.jsonl"), Candidates.class)
        .stream()
        .map(Candidates::id)
        .collect(Collectors.toSet());
  }

  private static Run runOf(RunFolder of) {
    RunConfig config = of.config();
    return Stages.run(config, of, Stages.of(config));
  }

  private static Typed run(Path yaml, Path runs, String... more) {
    return Typed.rlaif(
        Stream.concat(Stream.of("run", yaml.toString(), "--runs", runs.toString()), Stream.of(more))
            .toArray(String[]::new));
  }
}
