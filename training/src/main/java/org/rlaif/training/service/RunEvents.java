package org.rlaif.training.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.Json;
import org.rlaif.kit.StageFiles;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.run.Figures;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.run.Stage;
import org.rlaif.training.run.StageRecord;
import org.rlaif.v1.Metrics;
import org.rlaif.v1.StageBegun;
import org.rlaif.v1.StageEnded;
import org.rlaif.v1.WatchRunResponse;

/**
 * What has happened in a run, in its order, as its folder tells: each stage's beginning, its rows
 * of metrics, its end. Numbers depend on the run alone, so that a reader goes on by the last one
 * that it knows, whoever reads, and whatever was stopped meanwhile.
 */
final class RunEvents {
  private static final String METRICS = "metrics.jsonl";

  private final RunFolder folder;
  private final List<Stage<?>> stages;
  private final long after;

  private long position;
  private int stage;
  private boolean begun;
  private int member;
  private MetricsTail tail = new MetricsTail();

  /**
   * @param stages of the run, in their order
   * @param after the number of the last event that is known
   */
  RunEvents(RunFolder folder, List<Stage<?>> stages, long after) {
    this.folder = folder;
    this.stages = stages;
    this.after = after;
  }

  /** Of the last event that was read, or is known. */
  long position() {
    return Math.max(position, after);
  }

  /** Some that are new; none if there are none, now. */
  List<WatchRunResponse> next(int most) throws IOException {
    List<WatchRunResponse> events = new ArrayList<>();
    boolean more = true;
    while (more && events.size() < most && stage < stages.size()) {
      more = advance(stages.get(stage), most, events);
    }
    return events;
  }

  /** Reads on; false: there is no more, now. */
  private boolean advance(Stage<?> at, int most, List<WatchRunResponse> events) throws IOException {
    Path place = folder.stage(at.name());
    boolean finished = Files.exists(place.resolve(StageFiles.RECORD)); // before its rows are read
    if (!begun) {
      if (!finished && !Files.exists(Checkpoints.folder(place))) {
        return false;
      }
      begun = true;
      StageBegun.Builder event = StageBegun.newBuilder().setStage(at.name());
      add(WatchRunResponse.newBuilder().setBegun(event), events);
    }
    Path written = finished ? place : Checkpoints.outputs(place);
    Path next = RewardConfig.member(written, member + 1).resolve(METRICS);
    boolean whole = finished || Files.exists(next); // likewise
    List<String> rows = tail.read(RewardConfig.member(written, member).resolve(METRICS), most);
    for (String row : rows) {
      add(WatchRunResponse.newBuilder().setMetrics(metrics(at.name(), row)), events);
    }
    if (!rows.isEmpty()) {
      return true;
    }
    if (whole && Files.exists(next)) {
      member++;
      tail = new MetricsTail();
      return true;
    }
    if (finished) {
      add(WatchRunResponse.newBuilder().setEnded(ended(at)), events);
      stage++;
      begun = false;
      member = 0;
      tail = new MetricsTail();
    }
    return finished;
  }

  private void add(WatchRunResponse.Builder event, List<WatchRunResponse> events) {
    position++;
    if (position > after) {
      events.add(event.setPosition(position).build());
    }
  }

  private Metrics metrics(String name, String row) throws JsonProcessingException {
    JsonNode tree = Json.MAPPER.readTree(row);
    String unit = tree.fieldNames().next();
    Metrics.Builder metrics =
        Metrics.newBuilder()
            .setStage(name)
            .setUnit(unit)
            .setNumber(tree.get(unit).asLong())
            .setMember(member);
    Map<String, Double> numbers = numbers(tree);
    numbers.remove(unit);
    return metrics.putAllValues(numbers).build();
  }

  private StageEnded ended(Stage<?> at) {
    StageRecord record = folder.finished(at.name()).orElseThrow();
    return StageEnded.newBuilder()
        .setStage(at.name())
        .setSeconds(record.seconds())
        .putAllFigures(numbers(record.figures()))
        .setSummary(Figures.line(record.figures(), at.about().headline()))
        .build();
  }

  private static Map<String, Double> numbers(JsonNode tree) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    collect("", tree, numbers);
    return numbers;
  }

  private static void collect(String name, JsonNode value, Map<String, Double> numbers) {
    if (value.isObject()) {
      String inside = name.isEmpty() ? "" : name + ".";
      value.properties().forEach(each -> collect(inside + each.getKey(), each.getValue(), numbers));
    } else if (value.isNumber()) {
      numbers.put(name, value.doubleValue());
    }
  }
}
