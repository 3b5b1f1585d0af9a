package org.rlaif.training.stages;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.rlaif.kit.JsonLines;
import org.rlaif.training.data.GeneratedData;
import org.rlaif.training.onpolicy.RolloutRow;
import org.rlaif.training.tldr.Facts;
import org.rlaif.training.tldr.GoldScore;

/**
 * Means over the completions of one rollout batch that is kept.
 *
 * @param update from 1
 * @param gold score by who knows the facts; NaN for users' own data
 * @param kl to the reference, in nats per completion
 * @param length in tokens
 */
public record RolloutMeans(int update, double score, double gold, double kl, double length) {
  private static final String KEPT = "rollouts";

  /**
   * Of all batches that a stage has kept, in their order.
   *
   * @param data the folder of the data stage
   * @param stage that of the on-policy stage
   */
  public static List<RolloutMeans> read(Path data, Path stage) {
    Map<String, Facts> facts = GeneratedData.facts(data);
    List<RolloutMeans> all = new ArrayList<>();
    for (Path file : files(stage.resolve(KEPT))) {
      List<RolloutRow> rows = JsonLines.read(file, RolloutRow.class);
      all.add(
          new RolloutMeans(
              all.size() + 1,
              mean(rows, RolloutRow::score),
              mean(rows, row -> gold(facts, row)),
              mean(rows, RolloutRow::kl),
              mean(rows, RolloutRow::length)));
    }
    return all;
  }

  private static double gold(Map<String, Facts> facts, RolloutRow row) {
    Facts known = facts.get(row.id());
    return known == null ? Double.NaN : GoldScore.of(known, row.completion());
  }

  private static double mean(List<RolloutRow> rows, ToDoubleFunction<RolloutRow> figure) {
    return rows.stream().mapToDouble(figure).average().orElse(Double.NaN);
  }

  private static List<Path> files(Path rollouts) {
    if (!Files.isDirectory(rollouts)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(rollouts)) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
