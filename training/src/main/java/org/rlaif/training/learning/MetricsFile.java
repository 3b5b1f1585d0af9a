package org.rlaif.training.learning;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/**
 * One row per step or update, written as it happens so that a run can be watched: {@code
 * metrics.jsonl} under our names, {@code trl.jsonl} and TensorBoard's event file under those of
 * TRL. It refuses numbers that are not finite: a training that has blown up ends there, by name.
 */
public final class MetricsFile implements AutoCloseable {
  private final String stage;
  private final String unit;
  private final BufferedWriter ours;
  private final BufferedWriter trl;
  private final TensorBoardFile board;

  private MetricsFile(String stage, String unit, Path folder) throws IOException {
    this.stage = stage;
    this.unit = unit;
    this.ours = append(folder.resolve("metrics.jsonl"));
    this.trl = append(folder.resolve("trl.jsonl"));
    this.board = TensorBoardFile.open(folder);
  }

  private static BufferedWriter append(Path file) throws IOException {
    return Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /**
   * Begins the files in a folder, or goes on with them.
   *
   * @param unit what a row is about, {@code step} or {@code update}; every row has this key
   */
  public static MetricsFile open(Path folder, String stage, String unit) {
    try {
      return new MetricsFile(stage, unit, folder);
    } catch (IOException e) {
      throw new UserError(folder + ": metrics cannot be written: " + e, e);
    }
  }

  /**
   * Adds a row.
   *
   * @param metrics a record, whose components say what TRL calls them ({@link TrlName}); a number
   *     of it that is not finite is refused by name
   */
  public void write(int number, Object metrics) {
    ObjectNode row = Json.MAPPER.createObjectNode().put(unit, number);
    row.setAll((ObjectNode) Json.MAPPER.valueToTree(metrics));
    row.properties()
        .forEach(
            metric ->
                UserError.require(
                    !metric.getValue().isNumber()
                        || Double.isFinite(metric.getValue().doubleValue()),
                    where(number) + ", " + metric.getKey(),
                    metric.getValue(),
                    "a finite number; a lower learning rate may help"));
    Map<String, Double> named = TrlNames.of(metrics.getClass(), row);
    named.remove(unit);
    Map<String, Object> step = new LinkedHashMap<>(Map.of("step", number));
    step.putAll(named);
    try {
      line(ours, row);
      line(trl, step);
      board.write(number, named);
    } catch (IOException e) {
      throw new UserError(stage + ": metrics cannot be written: " + e, e);
    }
  }

  private static void line(BufferedWriter out, Object row) throws IOException {
    out.write(Json.MAPPER.writeValueAsString(row));
    out.write('\n');
    out.flush();
  }

  /** Such as {@code ppo, update 3}. */
  public String where(int number) {
    return stage + ", " + unit + " " + number;
  }

  @Override
  public void close() {
    try (ours;
        trl;
        board) {
      ours.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
