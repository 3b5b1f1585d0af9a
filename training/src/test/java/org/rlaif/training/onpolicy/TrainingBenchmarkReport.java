package org.rlaif.training.onpolicy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.pages.TextTable;
import org.rlaif.training.report.Computer;

/**
 * What {@link TrainingBenchmark} and its peers have found, as one table and one file. Not a test;
 * {@code benchmarks/training/measure} runs it.
 */
final class TrainingBenchmarkReport {
  /** What is neither forward nor backward pass, optimiser, rollout or scoring. */
  private static final List<String> OTHER = List.of("publish", "write");

  private final List<JsonNode> rows;
  private final List<List<String>> table = new ArrayList<>();
  private final Map<String, Object> ratios = new LinkedHashMap<>();

  private TrainingBenchmarkReport(List<JsonNode> rows) {
    this.rows = rows;
    table.add(List.of("what", "unit", "ours", "peer", "ratio", "wanted"));
  }

  /**
   * @param arguments the file of rows, and the file to write
   */
  public static void main(String[] arguments) {
    List<JsonNode> rows = JsonLines.read(Path.of(arguments[0]), JsonNode.class);
    var report = new TrainingBenchmarkReport(rows);
    report.fill();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("machine", Computer.facts());
    all.put("ratios", report.ratios);
    all.put("rows", rows);
    Json.write(Path.of(arguments[1]), all);
    TextTable.print(report.table, new PrintWriter(System.out, true, UTF_8));
  }

  private void fill() {
    @Nullable Double ours = median("ours", "sgemm", "/gflops");
    @Nullable Double theirs = median("peer", "sgemm", "/gflops");
    add("sgemm", "GFLOP/s", ours, theirs, null, "");
    @Nullable Double step = median("ours", "step", "/tokensPerSecond");
    @Nullable Double peak = ours == null || theirs != null && theirs > ours ? theirs : ours;
    add("step", "tokens/s", step, median("peer", "step", "/tokensPerSecond"), null, "");
    @Nullable Double parameters = median("ours", "prepare", "/smallParameters");
    add(
        "step, share of sgemm",
        "",
        null,
        null,
        step == null || peak == null || parameters == null
            ? null
            : 6 * parameters * step / 1e9 / peak,
        "at least 0.60");
    for (String name : List.of("equal-fp32", "equal-bf16", "mixed-fp32", "mixed-bf16")) {
      @Nullable Double our = median("ours", name, "/tokensPerSecond");
      @Nullable Double their = median("peer", name, "/tokensPerSecond");
      add(
          name,
          "tokens/s",
          our,
          their,
          our == null || their == null ? null : our / their,
          name.startsWith("equal") ? "at least 1.00" : "at least 2.00");
    }
    @Nullable Double update = median("ours", "ppo", "/secondsPerUpdate");
    @Nullable Double theirUpdate = median("peer", "ppo", "/secondsPerUpdate");
    add(
        "ppo",
        "s/update",
        update,
        theirUpdate,
        update == null || theirUpdate == null ? null : theirUpdate / update,
        "at least 3.00");
    if (update != null) {
      double other =
          OTHER.stream()
              .map(part -> median("ours", "ppo", "/seconds/" + part))
              .mapToDouble(each -> each == null ? 0 : each)
              .sum();
      add("ppo, share of the rest", "", null, null, other / update, "below 0.05");
    }
  }

  private void add(
      String what,
      String unit,
      @Nullable Double ours,
      @Nullable Double theirs,
      @Nullable Double ratio,
      String wanted) {
    if (ours == null && ratio == null) {
      return; // not measured
    }
    table.add(List.of(what, unit, number(ours), number(theirs), number(ratio), wanted));
    if (ratio != null) {
      ratios.put(what, ratio);
    }
  }

  private static String number(@Nullable Double number) {
    return number == null ? "" : String.format(Locale.ROOT, number < 10 ? "%.2f" : "%.0f", number);
  }

  private @Nullable Double median(String who, String name, String figure) {
    double[] found =
        rows.stream()
            .filter(row -> row.get("who").asText().equals(who))
            .filter(row -> row.get("case").asText().equals(name))
            .map(row -> row.get("found").at(figure))
            .filter(JsonNode::isNumber)
            .mapToDouble(JsonNode::asDouble)
            .sorted()
            .toArray();
    return found.length == 0 ? null : Double.valueOf(found[found.length / 2]);
  }
}
