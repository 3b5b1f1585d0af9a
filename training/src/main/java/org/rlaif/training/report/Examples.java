package org.rlaif.training.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.JsonLines;
import org.rlaif.training.jobs.Sample;

/** The table of test prompts with completions side by side. */
final class Examples {
  private static final int SHOWN = 20;
  private static final double EVEN = 1e-9;

  private Examples() {}

  /** What the evaluation kept; empty if it has not finished. */
  static List<Sample> samples(RunFiles run) {
    Path file = run.folder().stage("evaluate").resolve("samples.jsonl");
    return Files.exists(file) ? JsonLines.read(file, Sample.class) : List.of();
  }

  /** The first prompts of the evaluation, unchosen; for the page's template. */
  static List<Map<String, Object>> rows(RunFiles run) {
    return samples(run).stream().limit(SHOWN).map(Examples::row).toList();
  }

  private static Map<String, Object> row(Sample sample) {
    Sample.Scores gold = sample.gold();
    Sample.Scores scores = gold == null ? sample.score() : gold;
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", sample.id());
    row.put("prompt", sample.prompt().transcript().strip());
    List<Map<String, Object>> completions = new ArrayList<>();
    completions.add(completion("SFT", sample.sft(), scores.sft(), gold != null, scores));
    completions.add(completion("PPO", sample.policy(), scores.policy(), gold != null, scores));
    Double reference = scores.reference();
    if (reference != null) {
      completions.add(completion("Reference", sample.reference(), reference, false, null));
    }
    row.put("completions", completions);
    return row;
  }

  private static Map<String, Object> completion(
      String by, String text, double score, boolean judged, Sample.@Nullable Scores scores) {
    Map<String, Object> cell = new LinkedHashMap<>();
    cell.put("by", by);
    cell.put("text", text.strip());
    cell.put("score", String.format(Locale.ROOT, "%.2f", score));
    cell.put("best", judged && scores != null && score > other(by, scores) + EVEN);
    cell.put("even", judged && scores != null && Math.abs(score - other(by, scores)) <= EVEN);
    return cell;
  }

  private static double other(String by, Sample.Scores scores) {
    return by.equals("PPO") ? scores.sft() : scores.policy();
  }
}
