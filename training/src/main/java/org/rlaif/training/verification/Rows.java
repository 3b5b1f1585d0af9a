package org.rlaif.training.verification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;

/**
 * Rows of a file of the run.
 *
 * @param numbers of the rows, from 0
 * @param found as they stand there
 * @param rows what they mean
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as records
record Rows<T>(Path file, int[] numbers, List<JsonNode> found, List<T> rows) {

  /** All of a file. */
  static <T> Rows<T> read(Path file, Class<T> type) {
    List<JsonNode> found = JsonLines.read(file, JsonNode.class);
    List<T> rows = new ArrayList<>(found.size());
    try {
      for (JsonNode each : found) {
        rows.add(Json.MAPPER.treeToValue(each, type));
      }
    } catch (JsonProcessingException e) {
      throw new UserError(file + ", line " + (rows.size() + 1) + ": " + Json.describe(e), e);
    }
    return new Rows<>(file, IntStream.range(0, found.size()).toArray(), found, rows);
  }

  int size() {
    return rows.size();
  }

  /** Some of them. */
  Rows<T> sample(Sample sample, String purpose) {
    int[] chosen = sample.of(size(), purpose);
    return new Rows<>(
        file,
        IntStream.of(chosen).map(i -> numbers[i]).toArray(),
        IntStream.of(chosen).mapToObj(found::get).toList(),
        IntStream.of(chosen).mapToObj(rows::get).toList());
  }

  /** Compares the row at a place in here with what it is to say. */
  void compare(int place, Object recomputed, Nearness nearness) {
    nearness.compare(file + ", line " + (numbers[place] + 1), found.get(place), recomputed);
  }
}
