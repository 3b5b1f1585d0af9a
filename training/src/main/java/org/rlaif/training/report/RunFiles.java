package org.rlaif.training.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.rlaif.kit.JsonLines;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.data.GeneratedData;
import org.rlaif.training.jobs.RolloutRow;
import org.rlaif.training.run.Figures;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.run.StageRecord;
import org.rlaif.training.tldr.Facts;
import org.rlaif.training.tldr.GoldScore;

/** What the stages of a run have left: figures, curves and rollouts. */
final class RunFiles {
  private final RunFolder folder;
  private final RunConfig config;
  private final Map<String, StageRecord> stages = new LinkedHashMap<>();
  private final Map<String, Facts> facts;

  RunFiles(RunFolder folder) {
    this.folder = folder;
    this.config = folder.config();
    for (String stage : Report.STAGES) {
      folder.finished(stage).ifPresent(done -> stages.put(stage, done));
    }
    this.facts = GeneratedData.facts(folder.stage("data"));
  }

  RunFolder folder() {
    return folder;
  }

  RunConfig config() {
    return config;
  }

  /** Finished stages in their order. */
  Map<String, StageRecord> stages() {
    return stages;
  }

  /** A stage's figures; empty if it has not finished. */
  Map<String, Object> figures(String stage) {
    StageRecord done = stages.get(stage);
    return done == null ? Map.of() : done.figures();
  }

  /** A figure of a stage; NaN if there is none. */
  double number(String stage, String name) {
    return Figures.number(figures(stage), name);
  }

  /** What the generator put into the posts, by id; empty for users' own data. */
  Map<String, Facts> facts() {
    return facts;
  }

  /** A curve from a stage's metrics: the rows that have both keys. */
  double[][] curve(String stage, String x, String y) {
    Path file = folder.stage(stage).resolve("metrics.jsonl");
    if (!Files.exists(file)) {
      return new double[2][0];
    }
    List<double[]> points = new ArrayList<>();
    for (Map<?, ?> row : JsonLines.read(file, Map.class)) {
      if (row.get(x) instanceof Number first && row.get(y) instanceof Number second) {
        points.add(new double[] {first.doubleValue(), second.doubleValue()});
      }
    }
    return new double[][] {
      points.stream().mapToDouble(point -> point[0]).toArray(),
      points.stream().mapToDouble(point -> point[1]).toArray()
    };
  }

  /**
   * One update of PPO, as means over the completions of its rollout batch.
   *
   * @param gold NaN for users' own data
   */
  record Update(int number, double score, double gold, double kl, double length) {}

  /** All updates, from the rollout batches kept. */
  List<Update> updates() {
    List<Update> updates = new ArrayList<>();
    for (Path file : rolloutFiles()) {
      List<RolloutRow> rows = JsonLines.read(file, RolloutRow.class);
      int number = updates.size() + 1;
      updates.add(
          new Update(
              number,
              rows.stream().mapToDouble(RolloutRow::score).average().orElse(Double.NaN),
              rows.stream().mapToDouble(this::gold).average().orElse(Double.NaN),
              rows.stream().mapToDouble(RolloutRow::kl).average().orElse(Double.NaN),
              rows.stream().mapToInt(row -> row.tokens().length).average().orElse(Double.NaN)));
    }
    return updates;
  }

  private double gold(RolloutRow row) {
    Facts known = facts.get(row.id());
    return known == null ? Double.NaN : GoldScore.of(known, row.completion());
  }

  private List<Path> rolloutFiles() {
    Path rollouts = folder.stage("ppo").resolve("rollouts");
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
