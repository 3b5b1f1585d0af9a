package org.rlaif.training.learning;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/**
 * {@code metrics.jsonl}: one row per step or update, written as it happens so that a run can be
 * watched. It refuses numbers that are not finite: a training that has blown up ends there, by
 * name.
 */
public final class MetricsFile implements AutoCloseable {
  private final String stage;
  private final String unit;
  private final BufferedWriter out;

  private MetricsFile(String stage, String unit, BufferedWriter out) {
    this.stage = stage;
    this.unit = unit;
    this.out = out;
  }

  /**
   * Begins the file in a folder, or goes on with it.
   *
   * @param unit what a row is about, {@code step} or {@code update}; every row has this key
   */
  public static MetricsFile open(Path folder, String stage, String unit) {
    Path file = folder.resolve("metrics.jsonl");
    try {
      return new MetricsFile(
          stage,
          unit,
          Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw new UserError(file + ": cannot be written: " + e, e);
    }
  }

  /**
   * Adds a row.
   *
   * @param metrics a record; a number of it that is not finite is refused by name
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
    try {
      out.write(Json.MAPPER.writeValueAsString(row));
      out.write('\n');
      out.flush();
    } catch (IOException e) {
      throw new UserError(stage + ": metrics cannot be written: " + e, e);
    }
  }

  /** Such as {@code ppo, update 3}. */
  public String where(int number) {
    return stage + ", " + unit + " " + number;
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
