package org.rlaif.judge.together;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rlaif.judge.Judge;
import org.rlaif.judge.language.Writing;
import org.rlaif.judge.language.Written;
import org.rlaif.kit.Progress;
import org.rlaif.kit.UserError;

/** What a judge writes to many questions, with the progress shown. */
final class Writings {
  /** Questions between two looks at the progress; enough to keep an endpoint busy. */
  private static final int BATCH = 64;

  private Writings() {}

  static List<Written> of(Judge judge, List<String> questions, Writing how, String stage) {
    int before = judge.writtenBefore(questions, how);
    if (before > 0) {
      System.err.printf(
          Locale.ROOT,
          "%-11s %d answers kept, of %d to ask for%n",
          stage,
          before,
          questions.size());
    }
    List<Written> all = new ArrayList<>(questions.size());
    try (Progress progress = Progress.start(stage, questions.size(), "questions")) {
      for (int start = 0; start < questions.size(); start += BATCH) {
        int end = Math.min(questions.size(), start + BATCH);
        all.addAll(judge.writeAll(questions.subList(start, end), how));
        progress.step(end - start);
      }
    }
    return all;
  }

  /** Refuses a judge that has said nothing that could be read; tells what it said instead. */
  static void requireSome(Judge judge, boolean some, List<Written> all) {
    UserError.require(
        some,
        judge.name() + ": answers",
        "none to " + all.size() + " questions",
        "at least 1; first said: " + (all.isEmpty() ? "nothing" : excerpt(all.get(0))));
  }

  private static String excerpt(Written written) {
    String text = written.text() == null ? String.valueOf(written.why()) : written.text();
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() > 80 ? line.substring(0, 80) + "…" : line;
  }
}
