package org.rlaif.judge;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.kit.UserError;

/**
 * Answers by labels that somebody has given before, people for example: the pairs that a file of
 * preferences has, in whatever order. Of a pair that is in there several times, the mean.
 */
public final class KnownLabels implements Judge {
  /**
   * Its settings.
   *
   * @param labels JSON Lines of preferences
   */
  @JsonTypeName("labels")
  public record Config(@Nullable String labels) implements JudgeKind {
    @Override
    public Judge open(Rubric rubric, Opening opening) {
      Path file = Path.of(UserError.given("labels", labels, "a file of preferences"));
      UserError.require(Files.isRegularFile(file), "labels", file, "a file that exists");
      return new KnownLabels(file, JsonLines.read(file, Preference.class));
    }

    @Override
    public Config decisive() {
      return this;
    }

    @Override
    public Map<String, String> files() {
      return labels == null ? Map.of() : Map.of("labels", labels);
    }

    @Override
    public boolean computesAnswers() {
      return true;
    }
  }

  private final Path file;
  private final Map<Question, double[]> known = new HashMap<>(); // sum and number

  KnownLabels(Path file, List<Preference> labels) {
    this.file = file;
    for (Preference each : labels) {
      var question = new Question(each.prompt().transcript(), each.first(), each.second());
      add(question, each.probabilityFirst());
      add(question.swapped(), 1 - each.probabilityFirst());
    }
  }

  private void add(Question question, double probabilityFirst) {
    double[] sum = known.computeIfAbsent(question, q -> new double[2]);
    sum[0] += probabilityFirst;
    sum[1]++;
  }

  @Override
  public Answer ask(Question question) {
    double[] sum = known.get(question);
    return sum == null ? Answer.none("not in " + file) : Answer.of(Math.min(1, sum[0] / sum[1]));
  }

  @Override
  public boolean mindsTheOrder() {
    return false;
  }

  @Override
  public String name() {
    return "labels:" + file.getFileName();
  }

  @Override
  public String hash() {
    return AtomicFiles.sha256(file);
  }
}
